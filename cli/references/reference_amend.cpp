#include "cli/client/shown_status.hpp"
#include "cli/client/trial.hpp"
#include "cli/references/finding_numbers.hpp"
#include "cli/references/reference_commands.hpp"
#include "messages/json_write.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// A word for a shell, which takes it as it is.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word)
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  return out + "'";
}

/// Whether a terminal shows the word as it was given: only then can it be typed again.
bool can_be_typed(const std::string& word) { return printable(word) == word; }

/// The command that was typed, without what becomes of the set.
std::string typed(const amend_options& options) {
  auto out = "muster reference amend " + printable(options.group);
  if (!options.file.empty())
    return out + " --file " + printable(options.file) + " --path " + printable(quoted(options.path));
  out += " --from " + printable(options.from);
  for (const auto& one : options.findings)
    out += " --finding " + printable(one);
  return out + " --listed " + printable(options.listed);
}

void show(const amend_options& options, rest::ReferenceAnswer::Reader in, std::ostream& out) {
  const auto group = printable(text_of(in.getGroup()));
  const auto digest = printable(text_of(in.getDigest()));
  if (options.campaign)
    out << "proposed in the campaign of group " << group;
  else if (options.set.empty())
    out << "on record, not in force";
  else
    out << "the reference of group " << group << " has this now";
  out << ": set " << digest << (options.set.empty() ? "\nwhat it would change\n" : "\nwhat changed\n");
  for (const auto line : in.getDifference())
    out << "  " << printable(text_of(line)) << '\n';
  if (options.campaign)
    out << "next\n  muster campaign show " << group << "   all of it; then stage it, or have it approved\n";
  else if (options.set.empty()) {
    const auto again = can_be_typed(options.path) ? typed(options) + " --set " + digest
                                                  : "the same command with --set " + digest;
    out << "next\n  muster reference try " << group << " --set " << digest
        << "   what becomes of the machines\n  " << again << "   puts exactly this into force\n  " << again
        << " --campaign   makes it the proposal of the group's campaign\n";
  }
}

} // namespace

int reference_amend(const surroundings& around, const amend_options& options) {
  const auto numbers = finding_numbers(options.findings);
  if (!numbers) return report(around, numbers.fault());
  auto body = build_json<rest::AmendRequest>([&](rest::AmendRequest::Builder out) {
    out.setGroup(text_of(options.group));
    out.setFrom(text_of(options.from));
    auto list = out.initFindings(static_cast<unsigned>(numbers->size()));
    for (unsigned i = 0; i < numbers->size(); ++i)
      list.set(i, (*numbers)[i]);
    out.setListed(text_of(options.listed));
    out.setFile(text_of(options.file));
    out.setPath(text_of(options.path));
    out.setSet(text_of(options.set));
    out.setCampaign(options.campaign);
    out.setForce(options.force);
  });
  const auto got = ask<rest::ReferenceAnswer>(
      around, {http_method::post, "/v1/references/amend", std::move(body), survey_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::ReferenceAnswer::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      show(options, in, around.out);
  });
  return exit_done;
}

} // namespace muster::cli
