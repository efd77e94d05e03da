#include "cli/doctor/doctor_arguments.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

void add_doctor_command(CLI::App& app, doctor_options& in, chosen_action& chosen) {
  auto* doctor = app.add_subcommand(
      "doctor",
      "On the machine of the service: say what is in order and what is not, and what to do about it");
  doctor->add_option("--config", in.config, "Configuration of ras")->capture_default_str();
  doctor->add_option(
      "--ek", in.eks,
      "An EK certificate, as tpm2_getekcertificate writes it: say whether a vendor root vouches "
      "for it, and which is missing");
  doctor->add_flag("--json", in.json, "For programs; as -o json");
  doctor->footer("It changes nothing. As root it sees all; for others, what is closed to them is NOT SEEN.\n"
                 "On a machine of the fleet: raagent --check.\n"
                 "Exit status: 0 all in order, 1 something is not or was not seen, 2 wrong option.");
  doctor->callback(
      [&in, &chosen] { chosen = [&in](const surroundings& around) { return doctor_command(around, in); }; });
}

} // namespace muster::cli
