#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/client/trial.hpp"
#include "cli/files/output.hpp"
#include "cli/groups/group_commands.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr std::size_t shown_digits = 16; // of a digest, in tables
constexpr std::size_t shown_origin = 21; // "node " and the digits that name a machine in other tables

std::string digits(capnp::Text::Reader digest) {
  return std::string{text_of(digest).substr(0, shown_digits)};
}

/// Whether the group has no machine. An answer that cannot be had says nothing.
bool is_empty(const surroundings& around, std::string_view group) {
  const auto got = ask<rest::NodeList>(
      around,
      {http_method::get, "/v1/nodes?limit=1&group=" + encoded(std::string{group}), {}, survey_patience});
  return got && got->message.read([](rest::NodeList::Reader in) {
    return in.getNodes().size() == 0 && in.getDamaged().size() == 0;
  });
}

/// What a table has no room for: why a group is not judged as it is configured, and groups that nobody is in.
std::string remarks_about(const surroundings& around, rest::Group::Reader one,
                          std::string_view common_policy) {
  std::string out;
  const auto group = text_of(one.getGroup());
  if (one.getProblem().size() != 0) out += '\n' + std::string{text_of(one.getProblem())} + '\n';
  if (one.getRefused().size() != 0)
    out += "\nthe policy of group " + printable(group)
           + " was refused: " + printable(text_of(one.getRefused())) + '\n';
  if (group.empty() || !is_empty(around, group)) return out;
  out += "\ngroup " + printable(group) + ": no machine is in it";
  if (text_of(one.getPolicy()) != common_policy)
    out += ", so its policy judges none; is its file named after the group?";
  return out + '\n';
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
    std::string common;
    for (const auto one : in.getGroups())
      if (one.getGroup().size() == 0) common = text_of(one.getPolicy());
    for (const auto one : in.getGroups())
      around.out << remarks_about(around, one, common);
  });
  return exit_done;
}

} // namespace muster::cli
