// The command line of `muster`: what may be typed, and which command that is.
#pragma once

#include "cli/client/surroundings.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace muster::cli {

/// What the command line does not say.
struct environment {
  std::string socket; ///< MUSTER_SOCKET; empty: not set
  colours tint = colours::none;
};

/// Runs one command and gives the exit status of the process. `arguments` begin behind the program's name.
/// Errors of the command line are explained on `err`, status 2.
int run(std::span<const std::string> arguments, const environment& environment, std::string_view version,
        std::ostream& out, std::ostream& err);

} // namespace muster::cli
