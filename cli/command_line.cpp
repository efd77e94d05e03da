#include "cli/command_line.hpp"

#include "cli/ca/ca_arguments.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/doctor/doctor_arguments.hpp"
#include "cli/evidence/evidence_arguments.hpp"
#include "cli/groups/group_arguments.hpp"
#include "cli/joining/join_arguments.hpp"
#include "cli/log/log_arguments.hpp"
#include "cli/nodes/node_arguments.hpp"
#include "cli/references/reference_arguments.hpp"
#include "cli/words/option_error.hpp"
#include "cli/words/unknown_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <vector>

namespace muster::cli {

namespace {

/// What CLI11 fills in while it parses; the command that was typed leaves its action.
struct typed {
  std::string socket;
  std::string output = "table";
  chosen_action action;
  typed_node nodes;
  typed_reference sets;
  typed_log log;
  typed_evidence evidence;
  typed_ca ca;
  doctor_options doctor;
};

constexpr const char* examples =
    "Examples:\n"
    "  muster nodes --shown untrusted          which machines are not as they should be\n"
    "  muster node show web-1                  why, and what to do about it\n"
    "  muster node attest web-1                attest now, and wait for the verdict\n"
    "  muster node approve 3f9c52d1 --fingerprint HEX --group web --name web-1\n"
    "  muster join-token create --group web --uses 40 > FILE   for machines that come new\n"
    "  muster node group web-1 db              from now on, judge it by that group's reference\n"
    "  muster reference accept web --from web-1\n"
    "  muster incidents                        what is wrong on many machines\n"
    "  muster campaign start web --canary web-1   lead the group to its next reference\n"
    "  muster evidence export web-1 -o web-1.evidence, then anywhere: muster appraise --bundle "
    "web-1.evidence\n"
    "  muster doctor                           is this machine of the service in order?\n"
    "  muster -o json nodes                    for programs\n"
    "  muster help node show                   the options of a command\n"
    "\n"
    "Exit status of node show and node attest: 0 trusted, 1 untrusted or revoked, 2 error,\n"
    "3 stale, unknown or pending, 4 warning. Commands that compare or verify list theirs in\n"
    "their help. All other commands: 0, or 2 for an error.\n"
    "A NODE is a name, an id, or at least 8 digits of an id.";

void describe(CLI::App& app, typed& in, std::string_view version) {
  app.set_version_flag("--version", "muster " + std::string{version});
  app.add_option("--socket", in.socket, "Socket that ras listens on (default: MUSTER_SOCKET)")
      ->capture_default_str();
  app.add_option("-o,--output", in.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.require_subcommand(1);
  app.fallthrough();
  add_node_commands(app, in.nodes, in.action);
  add_group_commands(app, in.action);
  add_reference_commands(app, in.sets, in.action);
  add_log_commands(app, in.log, in.action);
  add_ca_commands(app, in.ca, in.action);
  add_join_commands(app, in.action);
  add_evidence_commands(app, in.evidence, in.action);
  add_doctor_command(app, in.doctor, in.action);
  app.footer(examples); // last: a subcommand made later would inherit it
}

/// "help node show" is "node show --help".
std::vector<std::string> without_help_word(std::span<const std::string> arguments) {
  std::vector<std::string> out{arguments.begin(), arguments.end()};
  if (out.empty() || out.front() != "help") return out;
  out.erase(out.begin());
  out.emplace_back("--help");
  return out;
}

} // namespace

int run(std::span<const std::string> arguments, const environment& environment, std::string_view version,
        std::ostream& out, std::ostream& err) {
  surroundings around{.out = out, .err = err};
  typed in;
  in.socket = environment.socket.empty() ? around.socket : environment.socket;
  CLI::App app{"muster: shows which machines run what they should run, and why the others do not.", "muster"};
  describe(app, in, version);
  auto words = without_help_word(arguments);
  if (const auto unknown = unknown_command(app, words); !unknown.empty()) {
    err << "muster: " << unknown << "\n        muster --help lists all commands\n";
    return exit_error;
  }
  try {
    std::ranges::reverse(words); // CLI11 takes them in reverse order
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return explain(app, error, out, err) == 0 ? exit_done : exit_error;
  }
  around.socket = in.socket;
  around.format = in.output == "json" ? output_format::json : output_format::table;
  around.tint = around.format == output_format::table ? environment.tint : colours::none;
  return in.action(around);
}

} // namespace muster::cli
