// The command line of `muster`: its options, and the command that they select.
#pragma once

#include "cli/client/surroundings.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace muster::cli {

/// What comes from the environment and not from the command line.
struct environment {
  std::string socket; ///< MUSTER_SOCKET; empty: not set
  colours tint = colours::none;
};

/// Runs one command and returns the exit status of the process. `arguments` begin after the program's name.
/// Errors of the command line are explained on `err`, with status 2.
int run(std::span<const std::string> arguments, const environment& environment, std::string_view version,
        std::ostream& out, std::ostream& err);

} // namespace muster::cli
