// muster doctor: looks at the machine of the service, and says what is in order and what is not. Changes
// nothing.
#pragma once

#include "checkup/line.hpp"
#include "cli/client/surroundings.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace muster::cli {

struct doctor_options {
  std::string config = "/etc/muster/service.yaml";
  std::vector<std::string> eks; ///< files with EK certificates
  bool json = false;
};

/// How long each look may take. They run side by side.
struct doctor_limits {
  std::chrono::milliseconds file{5'000};
  std::chrono::milliseconds service{10'000};
};

/// Lines in the order in which one mends things: configuration, socket, files, clock, service, vendor roots.
/// `socket`: empty: that of the configuration. Call it in a process that ends right afterwards
/// (`checkup::in_own_process`): a look that hangs is left behind.
checkup::lines check_service(const doctor_options& options, const std::string& socket,
                             const doctor_limits& limits = {});

/// The command. Exit status: `exit_done`, or 1 if something is not in order.
int doctor_command(const surroundings& around, const doctor_options& options);

} // namespace muster::cli
