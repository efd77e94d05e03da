#include "messages/vocabulary/command.hpp"

#include <array>

namespace muster {

namespace {

constexpr std::array<std::string_view, command_kinds> kind_names{"attest", "renew", "reconfigure",
                                                                 "unregister"};
constexpr std::array<std::string_view, command_outcomes> outcome_names{
    "open",     "sent",    "done",        "failed",   "expired",
    "replaced", "unknown", "interrupted", "accepted", "unsupported"};

template <class E, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, E value) noexcept {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? names[at] : std::string_view{"unknown"};
}

template <class E, std::size_t N>
std::optional<E> named(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

} // namespace

std::string_view to_string(command_kind k) noexcept { return name_of(kind_names, k); }
std::string_view to_string(command_outcome o) noexcept { return name_of(outcome_names, o); }

std::optional<command_kind> command_kind_from(std::string_view name) noexcept {
  return named<command_kind>(kind_names, name);
}
std::optional<command_outcome> command_outcome_from(std::string_view name) noexcept {
  return named<command_outcome>(outcome_names, name);
}

} // namespace muster
