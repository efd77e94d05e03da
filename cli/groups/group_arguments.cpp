#include "cli/groups/group_arguments.hpp"

#include "appraisal/extraction/extraction_rules_text.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/reference/extraction_codec.hpp"
#include "cli/files/output.hpp"
#include "cli/files/policy_file.hpp"
#include "cli/groups/group_commands.hpp"
#include "settings/document.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <memory>
#include <optional>

namespace muster::cli {

namespace {

constexpr const char* canary_help = "A machine: a name, an id, or at least 8 digits of one";
constexpr const char* group_help = "The group";

fault in_file(const std::string& file, const fault& why) {
  return {why.code, printable(file) + ": " + why.check};
}

int try_policy_file(const surroundings& around, const std::string& file, const std::string& group) {
  const auto policy = load_policy(file);
  if (!policy) return report_lines(around.err, policy.fault());
  return policy_try(around, group, appraisal::to_record(*policy).content());
}

int start_by_rules(const surroundings& around, campaign_options options, const std::string& file) {
  if (!file.empty()) {
    const auto content = read_file(file, settings::max_document_bytes + 1);
    if (!content) return report(around, in_file(file, content.fault()));
    const auto rules = appraisal::parse_extraction_rules(file, as_text(*content));
    if (!rules) return report(around, rules.fault());
    options.rules = to_bytes(appraisal::to_record(*rules).content());
  }
  return campaign_start(around, options);
}

/// "7d", "12h", "30m", "90s".
std::optional<std::uint64_t> stage_seconds_from(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto unit = std::string_view{"smhd"}.find(text.back());
  if (unit == std::string_view::npos) return std::nullopt;
  constexpr std::uint64_t factors[] = {1, 60, 3600, 86400};
  std::uint64_t n = 0;
  const auto* last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(text.data(), last, n);
  if (error != std::errc{} || end != last || n == 0 || n > 7'776'000 / factors[unit]) return std::nullopt;
  return n * factors[unit];
}

std::string check_length(const std::string& text) {
  return stage_seconds_from(text) ? "" : "up to 90d, for example 7d, 12h, 30m";
}

void add_policy(CLI::App& app, chosen_action& chosen) {
  auto* policy = app.add_subcommand("policy", "How much findings weigh");
  policy->require_subcommand(1);
  struct typed {
    std::string file;
    std::string group;
  };
  auto in = std::make_shared<typed>();
  auto* command =
      policy->add_subcommand("try", "Show what would change under another policy; changes nothing");
  command->footer("Example:\n"
                  "  muster policy try /etc/muster/policies/web.yaml --group web\n"
                  "Exit status: 0 no machine turns untrusted, 4 some do, 1 the guard would refuse it.");
  command->add_option("FILE", in->file, "The policy; its parents are read from the same folder")->required();
  command->add_option("--group", in->group, group_help)->required();
  command->callback([&chosen, in] {
    chosen = [in](const surroundings& around) { return try_policy_file(around, in->file, in->group); };
  });
}

void add_incidents(CLI::App& app, chosen_action& chosen) {
  auto group = std::make_shared<std::string>();
  auto* command = app.add_subcommand("incidents", "What is wrong with machines, by cause");
  command->add_option("--group", *group, "Only this group");
  command->callback([&chosen, group] {
    chosen = [group](const surroundings& around) { return incidents(around, *group); };
  });
}

void add_start(CLI::App& campaign, chosen_action& chosen) {
  struct typed {
    campaign_options options;
    std::string rules;
    std::string stage_for = "7d";
  };
  auto in = std::make_shared<typed>();
  auto* command =
      campaign.add_subcommand("start", "Start a campaign: observe canaries on the way to the next reference");
  command->footer(
      "Example:\n  muster campaign start web --canary web-1 --canary web-2 --canary web-3 --quorum 2\n"
      "Then upgrade the canaries, let them attest, and see `muster campaign show web`.");
  command->add_option("GROUP", in->options.group, group_help)->required();
  command->add_option("--canary", in->options.canaries, canary_help);
  command->add_option("--quorum", in->options.quorum, "How many canaries must agree (default: all)");
  command->add_option("--rules", in->rules, "File of extraction rules, which say what is learnt");
  command->add_flag("--approval", in->options.approval, "A person other than the proposer must approve");
  command->add_option("--stage-for", in->stage_for, "How long at most both the old and the new set pass")
      ->capture_default_str()
      ->check(check_length, "DURATION");
  command->add_option("--automatic", in->options.automation, "How far it continues by itself")
      ->check(CLI::IsMember({"none", "propose", "stage", "enforce"}));
  command->callback([&chosen, in] {
    in->options.stage_seconds = stage_seconds_from(in->stage_for).value_or(0);
    chosen = [in](const surroundings& around) { return start_by_rules(around, in->options, in->rules); };
  });
}

struct step_line {
  const char* verb;
  const char* help;
  bool takes_set;
  bool takes_force;
};

constexpr step_line step_lines[] = {
    {"propose", "Propose what the canaries agree on, or a set on record, and show what it changes", true,
     false},
    {"approve", "Approve a proposal that another person made", true, false},
    {"stage", "From now on both the old and the proposed set pass, until the stage ends", false, false},
    {"enforce", "From now on only the proposed set passes, unless the guard refuses", false, true},
    {"undo", "Undo the last step, unless the guard refuses", false, true},
    {"end", "Give the campaign up: only the set that it began from passes, unless the guard refuses", false,
     true},
};

void add_step(CLI::App& campaign, chosen_action& chosen, const step_line& line) {
  auto in = std::make_shared<campaign_step_options>();
  auto* command = campaign.add_subcommand(line.verb, line.help);
  command->add_option("GROUP", in->group, group_help)->required();
  if (line.takes_set) command->add_option("--set", in->set, "Digest of the set");
  if (line.takes_force)
    command->add_flag("--force", in->force,
                      "Do it even if the guard says that too many machines turn untrusted");
  command->callback([&chosen, in, verb = line.verb] {
    chosen = [in, verb](const surroundings& around) { return campaign_step(around, verb, *in); };
  });
}

void add_groups(CLI::App& app, chosen_action& chosen) {
  app.add_subcommand("groups", "Each group's reference, since when, and its policy")->callback([&chosen] {
    chosen = [](const surroundings& around) { return groups(around); };
  });
}

void add_campaigns(CLI::App& app, chosen_action& chosen) {
  app.add_subcommand("campaigns", "The newest campaign of every group")->callback([&chosen] {
    chosen = [](const surroundings& around) { return campaigns(around); };
  });
  auto* campaign = app.add_subcommand("campaign", "Lead a group from one reference to the next");
  campaign->require_subcommand(1);
  add_start(*campaign, chosen);
  auto group = std::make_shared<std::string>();
  auto* show = campaign->add_subcommand("show", "Show its state, what it changes, and what to do next");
  show->add_option("GROUP", *group, group_help)->required();
  show->callback([&chosen, group] {
    chosen = [group](const surroundings& around) { return campaign_show(around, *group); };
  });
  for (const auto& line : step_lines)
    add_step(*campaign, chosen, line);
}

} // namespace

void add_group_commands(CLI::App& app, chosen_action& chosen) {
  add_groups(app, chosen);
  add_incidents(app, chosen);
  add_campaigns(app, chosen);
  add_policy(app, chosen);
}

} // namespace muster::cli
