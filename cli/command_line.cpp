#include "cli/command_line.hpp"

#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"
#include "cli/group_lines.hpp"
#include "cli/offline/appraise.hpp"
#include "cli/offline/appraise_bundle.hpp"
#include "cli/offline/eventlog.hpp"
#include "cli/offline/imalog.hpp"
#include "cli/offline/log_verify.hpp"
#include "cli/reference_commands.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace muster::cli {

namespace {

using commands::surroundings;

/// What CLI11 fills in while it parses; a command that was named leaves its action.
struct typed {
  std::string socket;
  std::string output = "table";
  chosen_action action;

  std::string node;
  std::string text;
  commands::nodes_options list;
  commands::approve_options approval;
  std::string timeout = "60s";
  appraise_options evidence;
  std::string pcrs, event_log, ima_log, reference, policy, learn;
  commands::log_show_options log;
  std::uint64_t log_after = 0;
  std::vector<std::string> heads;
  log_verify_options log_proof;
  typed_reference sets;
  bundle_options bundle;
  commands::export_options to_export;
  std::uint64_t attestation = 0;
};

constexpr const char* examples =
    "Examples:\n"
    "  muster nodes --shown untrusted          who is not what it should be\n"
    "  muster node show web-1                  why, and what to do about it\n"
    "  muster node attest web-1                ask now, and wait for the verdict\n"
    "  muster node approve 3f9c52d1 --fingerprint HEX --group web --name web-1\n"
    "  muster reference accept web --from web-1\n"
    "  muster incidents                        what many machines suffer from\n"
    "  muster campaign start web --canary web-1   the next reference, through an upgrade\n"
    "  muster evidence export web-1 -o web-1.evidence, then anywhere: muster appraise --bundle "
    "web-1.evidence\n"
    "  muster -o json nodes                    for programs\n"
    "\n"
    "Exit status of node show and node attest: 0 trusted, 1 untrusted or revoked, 2 error,\n"
    "3 stale, unknown or pending, 4 warning. Lists and changes: 0, or 2 for an error.\n"
    "A NODE is a name, an id, or at least 8 digits of an id.";

/// "60s", "2m" or "90" (seconds); 1 s to 10 min.
std::optional<std::chrono::seconds> seconds_from(std::string_view text) {
  unsigned factor = 1;
  if (text.ends_with('m')) factor = 60;
  if (text.ends_with('m') || text.ends_with('s')) text.remove_suffix(1);
  unsigned n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n == 0 || n > 600 / factor)
    return std::nullopt;
  return std::chrono::seconds{n * factor};
}

std::string check_timeout(const std::string& text) {
  return seconds_from(text) ? "" : "from 1s to 10m, for example 60s";
}

void add_node(CLI::App& command, typed& in, const char* help) {
  command.add_option("NODE", in.node, help)->required();
}

void add_nodes(CLI::App& app, typed& in) {
  auto* command = app.add_subcommand("nodes", "List the machines, with what is to be thought of each");
  command->footer("Example:\n  muster nodes --group web --shown untrusted");
  command->add_option("--group", in.list.group, "Only this group");
  command->add_option("--shown", in.list.shown, "Only these")
      ->check(CLI::IsMember({"revoked", "pending", "untrusted", "stale", "warning", "trusted", "unknown"}));
  command->callback(
      [&] { in.action = [&](const surroundings& around) { return commands::nodes(around, in.list); }; });
}

void add_show(CLI::App& node, typed& in) {
  auto* command = node.add_subcommand("show", "Verdict, since when, until when, and every finding");
  command->footer("Example:\n  muster node show web-1\n  muster -o json node show 3f9c52d1");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback(
      [&] { in.action = [&](const surroundings& around) { return commands::node_show(around, in.node); }; });
}

void add_attest(CLI::App& node, typed& in) {
  auto* command =
      node.add_subcommand("attest", "Have it attested at its next beat, and wait for the verdict");
  command->footer("Example:\n  muster node attest web-1 --timeout 2m");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->add_option("--timeout", in.timeout, "How long to wait: 30s, 2m")
      ->capture_default_str()
      ->check(check_timeout, "DURATION");
  command->callback([&] {
    in.action = [&](const surroundings& around) {
      return commands::node_attest(around, {in.node, *seconds_from(in.timeout)});
    };
  });
}

void add_approve(CLI::App& node, typed& in) {
  auto* command =
      node.add_subcommand("approve", "Let a machine in that waits; compare the fingerprint first");
  command->footer("Example:\n  muster node approve 3f9c52d1 --fingerprint HEX --group web --name web-1");
  command->add_option("ID", in.approval.node, "Id, or at least 8 digits of it")->required();
  command
      ->add_option("--fingerprint", in.approval.fingerprint,
                   "As the machine's agent logs it: 64 digits of hex")
      ->required();
  command->add_option("--group", in.approval.group, "Group whose reference it is compared with");
  command->add_option("--name", in.approval.name, "Name for people");
  command->callback([&] {
    in.action = [&](const surroundings& around) { return commands::node_approve(around, in.approval); };
  });
}

void add_name(CLI::App& node, typed& in) {
  auto* command = node.add_subcommand("name", "Name it; an empty NAME takes the name away");
  command->footer("Example:\n  muster node name 3f9c52d1 web-1");
  add_node(*command, in, "Id, at least 8 digits of one, or the name so far");
  command->add_option("NAME", in.text, "New name, at most 64 characters")->required();
  command->callback([&] {
    in.action = [&](const surroundings& around) { return commands::node_name(around, in.node, in.text); };
  });
}

void add_acknowledge(CLI::App& node, typed& in) {
  auto* command = node.add_subcommand(
      "acknowledge", "End the alarm that two hosts use its identity, once the other one is gone");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback([&] {
    in.action = [&](const surroundings& around) { return commands::node_acknowledge(around, in.node); };
  });
}

void add_revoke(CLI::App& node, typed& in) {
  auto* command = node.add_subcommand("revoke", "Shut it out for good: its TPM is never let in again");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback([&] {
    in.action = [&](const surroundings& around) { return commands::node_revoke(around, in.node); };
  });
}

void add_forget(CLI::App& node, typed& in) {
  auto* command = node.add_subcommand("forget", "Remove what is recorded of it; a revocation stays");
  add_node(*command, in, "Name, id, or at least 8 digits of one");
  command->callback([&] {
    in.action = [&](const surroundings& around) { return commands::node_forget(around, in.node); };
  });
}

void add_log_reading(CLI::App& log, typed& in) {
  auto* show = log.add_subcommand("show", "What was done, by whom; the newest records");
  auto* after = show->add_option("--after", in.log_after, "Those behind this record instead");
  show->add_option("--limit", in.log.limit, "At most so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  show->callback([&in, after] {
    if (after->count() != 0) in.log.after = in.log_after;
    in.action = [&in](const surroundings& around) { return commands::log_show(around, in.log); };
  });
  auto* head = log.add_subcommand("head", "The newest signed head, and every head that the log contradicts");
  head->callback([&in] { in.action = commands::log_head; });
  auto* acknowledge =
      log.add_subcommand("acknowledge", "Records are lost, and you know why: a restored backup for example");
  acknowledge->add_option("--head", in.heads, "SIZE:ROOT, as `muster log head` shows it")->required();
  acknowledge->callback([&in] {
    in.action = [&in](const surroundings& around) { return commands::log_acknowledge(around, in.heads); };
  });
}

void add_log_proof(CLI::App& log, typed& in) {
  auto* save = log.add_subcommand("export", "Write all records and heads to a file, for `verify`");
  save->add_option("FILE", in.text, "The file to write")->required();
  save->callback([&in] {
    in.action = [&in](const surroundings& around) { return commands::log_export(around, in.text); };
  });
  auto* verify = log.add_subcommand("verify", "Prove that nothing was removed or changed; no service");
  verify->footer("Example:\n  muster log export today.log\n"
                 "  muster log verify today.log --key log.pem --head-file /mnt/worm/heads\n"
                 "Of a copy of the database: ras --export-log COPY/store > today.log\n"
                 "Exit status: 0 proven, 1 not, 2 error.");
  verify->add_option("FILE", in.log_proof.file, "As written by `export`")->required();
  verify->add_option("--head-file", in.log_proof.head_files,
                     "Heads that were kept elsewhere: log.head_file, or `log_head` of an agent's state");
  verify->add_option("--key", in.log_proof.key, "log.pem of the service, kept elsewhere");
  verify->callback([&in] {
    in.action = [&in](const surroundings& around) {
      return log_verify_command(in.log_proof, around.out, around.err);
    };
  });
}

void add_log(CLI::App& app, typed& in) {
  auto* log =
      app.add_subcommand("log", "The record of what was done: show, head, acknowledge, export, verify");
  log->require_subcommand(1);
  add_log_reading(*log, in);
  add_log_proof(*log, in);
}

void add_evidence(CLI::App& app, typed& in) {
  auto* evidence =
      app.add_subcommand("evidence", "What a verdict rests on, as a file that verifies anywhere");
  evidence->require_subcommand(1);
  auto* command =
      evidence->add_subcommand("export", "Write quote, logs, policy, reference and result of a machine");
  command->footer("Example:\n  muster evidence export web-1 -o web-1.evidence\n"
                  "  muster appraise --bundle web-1.evidence    needs no service");
  command->add_option("NODE", in.to_export.node, "Name, id, or at least 8 digits of one")->required();
  command->add_option("-o,--out", in.to_export.file, "File to write")->required();
  auto* number = command->add_option("--attestation", in.attestation,
                                     "Its number, of one at which the verdict changed; else the newest");
  command->callback([&in, number] {
    if (number->count() != 0) in.to_export.attestation = in.attestation;
    in.action = [&in](const surroundings& around) { return commands::evidence_export(around, in.to_export); };
  });
}

output_format offline_format(const surroundings& around) {
  return around.format == commands::output_format::json ? output_format::json : output_format::table;
}

void add_logs(CLI::App& app, typed& in) {
  auto* boot =
      app.add_subcommand("eventlog", "Read a boot log (binary_bios_measurements) and replay it; no service");
  boot->add_option("FILE", in.text, "The log")->required();
  boot->callback([&] {
    in.action = [&](const surroundings& around) {
      return eventlog_command({in.text, offline_format(around)}, around.out, around.err);
    };
  });
  auto* files = app.add_subcommand("imalog", "Read an IMA log (binary_runtime_measurements or "
                                             "ascii_runtime_measurements) and replay it; no service");
  files->add_option("FILE", in.text, "The log")->required();
  files->callback([&] {
    in.action = [&](const surroundings& around) {
      return imalog_command({in.text, offline_format(around)}, around.out, around.err);
    };
  });
}

void add_appraise(CLI::App& app, typed& in) {
  auto* command = app.add_subcommand("appraise", "Verify evidence in files of tpm2-tools; no service");
  command->footer(
      "Example:\n  muster appraise --ak ak.pem --quote q.msg --signature q.sig --nonce 00ff --pcrs q.pcrs\n"
      "With --event-log and --ima-log: --learn web.set once, then --reference web.set --policy web.yaml.\n"
      "Exit status: 0 genuine, 1 not, 2 error; with --reference or --policy 0 trusted, 1 untrusted,\n"
      "2 error, 3 unknown, 4 warning.\n"
      "  muster appraise --bundle web-1.evidence    the same verdict again, or what does not hold");
  auto& evidence = in.evidence;
  auto* bundle =
      command->add_option("--bundle", in.bundle.file, "All of it in one file: muster evidence export");
  for (auto* one : {command->add_option("--ak", evidence.ak, "Attestation key: PEM or TPM2B_PUBLIC"),
                    command->add_option("--quote", evidence.quote, "TPMS_ATTEST (tpm2_quote -m)"),
                    command->add_option("--signature", evidence.signature, "TPMT_SIGNATURE (tpm2_quote -s)"),
                    command->add_option("--nonce", evidence.nonce, "Hex (tpm2_quote -q)")})
    one->excludes(bundle);
  auto* pcrs = command->add_option("--pcrs", in.pcrs, "PCR values (tpm2_quote -o)");
  auto* event_log = command->add_option("--event-log", in.event_log, "binary_bios_measurements");
  auto* ima_log = command->add_option("--ima-log", in.ima_log, "binary_runtime_measurements");
  auto* reference = command->add_option("--reference", in.reference, "Reference set to compare with");
  auto* policy =
      command->add_option("--policy", in.policy, "Policy to judge by (YAML), instead of the default");
  auto* learn = command->add_option("--learn", in.learn, "Write the reference set of this very machine");
  for (auto* one : {pcrs, event_log, ima_log, learn})
    one->excludes(bundle);
  command->callback([&in, bundle, pcrs, event_log, ima_log, reference, policy, learn] {
    if (pcrs->count() != 0) in.evidence.pcrs = in.pcrs;
    if (event_log->count() != 0) in.evidence.event_log = in.event_log;
    if (ima_log->count() != 0) in.evidence.ima_log = in.ima_log;
    if (reference->count() != 0) in.evidence.reference = in.reference;
    if (policy->count() != 0) in.evidence.policy = in.policy;
    if (learn->count() != 0) in.evidence.learn = in.learn;
    if (bundle->count() != 0) {
      in.bundle.policy = in.evidence.policy;
      in.bundle.reference = in.evidence.reference;
      in.action = [&in](const surroundings& around) {
        in.bundle.format = offline_format(around);
        return appraise_bundle_command(in.bundle, around.out, around.err);
      };
      return;
    }
    for (const auto& [name, value] :
         {std::pair{"--ak", &in.evidence.ak}, std::pair{"--quote", &in.evidence.quote},
          std::pair{"--signature", &in.evidence.signature}, std::pair{"--nonce", &in.evidence.nonce}})
      if (value->empty()) throw CLI::RequiredError(name);
    in.action = [&in](const surroundings& around) {
      in.evidence.format = offline_format(around);
      return appraise_command(in.evidence, around.out, around.err);
    };
  });
}

void describe(CLI::App& app, typed& in, std::string_view version) {
  app.set_version_flag("--version", "muster " + std::string{version});
  app.add_option("--socket", in.socket, "Where ras listens (else MUSTER_SOCKET)")->capture_default_str();
  app.add_option("-o,--output", in.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.require_subcommand(1);
  app.fallthrough();
  add_nodes(app, in);
  auto* node =
      app.add_subcommand("node", "One machine: show, attest, approve, name, acknowledge, revoke, forget");
  node->require_subcommand(1);
  add_show(*node, in);
  add_attest(*node, in);
  add_approve(*node, in);
  add_name(*node, in);
  add_acknowledge(*node, in);
  add_revoke(*node, in);
  add_forget(*node, in);
  add_reference_commands(add_group_commands(app, in.action), in.sets, in.action);
  add_log(app, in);
  add_evidence(app, in);
  add_logs(app, in);
  add_appraise(app, in);
  app.footer(examples); // last: a command made later would inherit it
}

} // namespace

int run(std::span<const std::string> arguments, const environment& environment, std::string_view version,
        std::ostream& out, std::ostream& err) {
  surroundings around{.out = out, .err = err};
  typed in;
  in.socket = environment.socket.empty() ? around.socket : environment.socket;
  CLI::App app{"muster: which machines run what they are supposed to run, and why the others do not.",
               "muster"};
  describe(app, in, version);
  try {
    app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()}); // CLI11 takes them backwards
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? commands::exit_done : commands::exit_error;
  }
  around.socket = in.socket;
  around.format = in.output == "json" ? commands::output_format::json : commands::output_format::table;
  around.tint = around.format == commands::output_format::table ? environment.tint : commands::colours::none;
  return in.action(around);
}

} // namespace muster::cli
