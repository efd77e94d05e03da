// `raagent --check`: looks at this machine, and says what is in order and what is not. Changes nothing.
#pragma once

#include "checkup/line.hpp"

#include <chrono>

namespace muster::node {

/// How long each look may take. They run side by side.
struct checkup_limits {
  std::chrono::milliseconds file{5'000};
  std::chrono::milliseconds service{15'000};
  std::chrono::milliseconds chip{20'000};
};

/// Lines in the order in which one mends things: configuration, files, clock, service, TPM, kernel. Call it in
/// a process that ends right afterwards (`checkup::in_own_process`): a look that hangs is left behind.
checkup::lines check_machine(const std::string& config_file, const checkup_limits& limits = {});

} // namespace muster::node
