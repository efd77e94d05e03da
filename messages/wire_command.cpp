#include "messages/wire_command.hpp"

#include <array>
#include <utility>

namespace muster {

namespace {

using told = wire::Report::Outcome;

constexpr std::array<std::pair<command_outcome, told>, 7> outcomes{{
    {command_outcome::accepted, told::ACCEPTED},
    {command_outcome::done, told::DONE},
    {command_outcome::failed, told::FAILED},
    {command_outcome::expired, told::EXPIRED},
    {command_outcome::replaced, told::REPLACED},
    {command_outcome::interrupted, told::INTERRUPTED},
    {command_outcome::unsupported, told::UNSUPPORTED},
}};

} // namespace

void put_kind(wire::Command::Builder out, command_kind kind) {
  switch (kind) {
  case command_kind::attest: return out.setAttest();
  case command_kind::renew: return out.setRenew();
  case command_kind::reconfigure: return out.setReconfigure();
  case command_kind::unregister: return out.setUnregister();
  }
}

std::optional<command_kind> kind_of(wire::Command::Reader in) noexcept {
  switch (in.which()) {
  case wire::Command::ATTEST: return command_kind::attest;
  case wire::Command::RENEW: return command_kind::renew;
  case wire::Command::RECONFIGURE: return command_kind::reconfigure;
  case wire::Command::UNREGISTER: return command_kind::unregister;
  }
  return std::nullopt;
}

wire::Report::Outcome wire_outcome(command_outcome how) noexcept {
  for (const auto& [ours, wires] : outcomes)
    if (ours == how) return wires;
  return told::FAILED;
}

command_outcome outcome_of(wire::Report::Outcome said) noexcept {
  for (const auto& [ours, wires] : outcomes)
    if (wires == said) return ours;
  return command_outcome::unknown;
}

} // namespace muster
