#include "cli/log_lines.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

namespace {

using commands::surroundings;

void add_log_reading(CLI::App& log, typed_log& in, chosen_action& chosen) {
  auto* show = log.add_subcommand("show", "What was done, by whom; the newest records");
  auto* after = show->add_option(
      "--after", in.after, "Those behind this record instead, by its number here and in what changes print");
  show->add_option("--limit", in.show.limit, "At most so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  show->callback([&in, &chosen, after] {
    if (after->count() != 0) in.show.after = in.after;
    chosen = [&in](const surroundings& around) { return commands::log_show(around, in.show); };
  });
  auto* head = log.add_subcommand("head", "The newest signed head, and every head that the log contradicts");
  head->footer("Exit status: 0, 1 while records are rolled back, 2 error.");
  head->callback([&chosen] { chosen = commands::log_head; });
  auto* acknowledge =
      log.add_subcommand("acknowledge", "Records are lost, and you know why: a restored backup for example");
  acknowledge->footer("It covers every head of what was lost, also those that nobody has shown yet.");
  acknowledge->add_option("--head", in.heads, "SIZE:ROOT, as `muster log head` shows it")->required();
  acknowledge->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) { return commands::log_acknowledge(around, in.heads); };
  });
}

void add_log_proof(CLI::App& log, typed_log& in, chosen_action& chosen) {
  auto* save = log.add_subcommand("export", "Write all records and heads to a file, for `verify`");
  save->add_option("FILE", in.file, "The file to write; - for standard output")->required();
  save->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) { return commands::log_export(around, in.file); };
  });
  auto* verify = log.add_subcommand("verify", "Prove that nothing was removed or changed; no service");
  verify->footer("Example:\n  muster log export today.log\n"
                 "  muster log verify today.log --key log.pem --head-file /mnt/worm/heads\n"
                 "Of a copy of the database: ras --export-log COPY/store > today.log\n"
                 "Exit status: 0 proven, 1 not, 2 error.");
  verify->add_option("FILE", in.proof.file, "As written by `export`")->required();
  verify->add_option("--head-file", in.proof.head_files,
                     "Heads that were kept elsewhere: log.head_file, or `log_head` of an agent's state");
  verify->add_option("--key", in.proof.key, "log.pem of the service, kept elsewhere");
  verify->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) {
      in.proof.format =
          around.format == commands::output_format::json ? output_format::json : output_format::table;
      return log_verify_command(in.proof, around.out, around.err);
    };
  });
}

void add_log(CLI::App& app, typed_log& in, chosen_action& chosen) {
  auto* log =
      app.add_subcommand("log", "The record of what was done: show, head, acknowledge, export, verify");
  log->require_subcommand(1);
  add_log_reading(*log, in, chosen);
  add_log_proof(*log, in, chosen);
}

void add_evidence(CLI::App& app, typed_log& in, chosen_action& chosen) {
  auto* evidence =
      app.add_subcommand("evidence", "What a verdict rests on, as a file that verifies anywhere");
  evidence->require_subcommand(1);
  auto* command =
      evidence->add_subcommand("export", "Write quote, logs, policy, reference and result of a machine");
  command->footer("Example:\n  muster evidence export web-1 -o web-1.evidence\n"
                  "  muster appraise --bundle web-1.evidence    needs no service");
  command->add_option("NODE", in.to_export.node, "Name, id, or at least 8 digits of one")->required();
  command->add_option("-o,--out", in.to_export.file, "File to write; - for standard output")->required();
  auto* number = command->add_option("--attestation", in.attestation,
                                     "Its number, of one at which the verdict changed; else the newest");
  command->callback([&in, &chosen, number] {
    if (number->count() != 0) in.to_export.attestation = in.attestation;
    chosen = [&in](const surroundings& around) { return commands::evidence_export(around, in.to_export); };
  });
}

} // namespace

void add_log_commands(CLI::App& app, typed_log& in, chosen_action& chosen) {
  add_log(app, in, chosen);
  add_evidence(app, in, chosen);
}

} // namespace muster::cli
