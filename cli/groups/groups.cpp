#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/client/trial.hpp"
#include "cli/groups/group_commands.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr std::size_t shown_digits = 16; // of a digest, in tables
constexpr std::size_t shown_origin = 21; // "node " and the digits that name a machine in other tables

std::string digits(capnp::Text::Reader digest) {
  return std::string{text_of(digest).substr(0, shown_digits)};
}

} // namespace

int groups(const surroundings& around) {
  const auto got = ask<rest::GroupList>(around, {http_method::get, "/v1/groups", {}, survey_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::GroupList::Reader in) {
    if (around.format == output_format::json) {
      around.out << got->json << '\n';
      return;
    }
    text_table table{{"GROUP", "REFERENCE", "FILES", "SINCE", "FROM", "STAGED", "CAMPAIGN", "POLICY"}};
    for (const auto one : in.getGroups()) {
      const bool all = one.getGroup().size() == 0;
      const bool set = one.getReference().size() != 0;
      table.add({all ? "(all others)" : std::string{text_of(one.getGroup())}, digits(one.getReference()),
                 set ? std::to_string(one.getFiles()) : "", std::string{text_of(one.getSince())},
                 std::string{text_of(one.getOrigin()).substr(0, shown_origin)}, digits(one.getStaged()),
                 std::string{text_of(one.getCampaign())}, digits(one.getPolicy())});
    }
    around.out << table.text(colours::none, 0) << "\nWhole digests: muster -o json groups\n";
    for (const auto one : in.getGroups())
      if (one.getProblem().size() != 0) around.out << '\n' << text_of(one.getProblem()) << '\n';
  });
  return exit_done;
}

} // namespace muster::cli
