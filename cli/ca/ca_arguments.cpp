#include "cli/ca/ca_arguments.hpp"

#include "cli/ca/ca_commands.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

void add_ca_commands(CLI::App& app, typed_ca& in, chosen_action& chosen) {
  auto* ca = app.add_subcommand("ca", "The trust list of the machines: status, rotate");
  ca->require_subcommand(1);
  auto* status =
      ca->add_subcommand("status", "The trust list in force, when it ends, and which machines have it");
  status->callback([&chosen] { chosen = ca_status; });
  auto* rotate = ca->add_subcommand("rotate", "Put the next trust list into force");
  rotate->add_option("--signed", in.signed_file, "What `ras ca sign` wrote")->required();
  rotate->footer("How to make one: ras ca --help. A list that would lock the service out is refused.\n"
                 "Connected machines get it with their next beat, the others when they connect again.");
  rotate->callback([&in, &chosen] {
    chosen = [&in](const surroundings& around) { return ca_rotate(around, in.signed_file); };
  });
}

} // namespace muster::cli
