#include "cli/log/log_arguments.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

namespace {

void add_log_reading(CLI::App& log, typed_log& in, chosen_action& chosen) {
  auto* show = log.add_subcommand("show", "What was done and by whom: the newest records");
  auto* after = show->add_option(
      "--after", in.after,
      "Show the records after this one instead; commands that change something print its number");
  show->add_option("--limit", in.show.limit, "Show at most this many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  show->callback([&in, &chosen, after] {
    if (after->count() != 0) in.show.after = in.after;
    chosen = [&in](const surroundings& around) { return log_show(around, in.show); };
  });
  auto* head = log.add_subcommand("head", "The newest signed head, and each head that the log contradicts");
  head->footer("Exit status: 0 good, 1 while records are rolled back, 2 error.");
  head->callback([&chosen] { chosen = log_head; });
  auto* acknowledge = log.add_subcommand(
      "acknowledge", "Acknowledge that records are lost, if you know why: for example a restored backup");
  acknowledge->footer("This covers every head of what was lost, even those that have not been shown yet.");
  acknowledge->add_option("--head", in.heads, "SIZE:ROOT, as `muster log head` shows it")->required();
  acknowledge->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) { return log_acknowledge(around, in.heads); };
  });
}

void add_log_proof(CLI::App& log, typed_log& in, chosen_action& chosen) {
  auto* save = log.add_subcommand("export", "Write all records and heads to a file, for `verify`");
  save->add_option("FILE", in.file, "The file to write; - for standard output")->required();
  save->callback(
      [&in, &chosen] { chosen = [&in](const surroundings& around) { return log_export(around, in.file); }; });
  auto* verify = log.add_subcommand("verify", "Prove that nothing was removed or changed; needs no service");
  verify->footer("Example:\n"
                 "  muster log export today.log\n"
                 "  muster log verify today.log --key log.pem --head-file /mnt/worm/heads\n"
                 "From a copy of the database: ras --export-log COPY/store > today.log\n"
                 "Exit status: 0 proven, 1 not proven, 2 error.");
  verify->add_option("FILE", in.proof.file, "The file that `export` wrote")->required();
  verify->add_option(
      "--head-file", in.proof.head_files,
      "Heads that were kept elsewhere: log.head_file, or the file `log_head` in an agent's state");
  verify->add_option("--key", in.proof.key, "Your own copy of the service's log.pem");
  verify->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) {
      in.proof.format = around.format;
      return log_verify_command(in.proof, around.out, around.err);
    };
  });
}

} // namespace

void add_log_commands(CLI::App& app, typed_log& in, chosen_action& chosen) {
  auto* log = app.add_subcommand("log", "The log of what was done: show, head, acknowledge, export, verify");
  log->require_subcommand(1);
  add_log_reading(*log, in, chosen);
  add_log_proof(*log, in, chosen);
}

} // namespace muster::cli
