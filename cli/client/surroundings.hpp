// What every command that talks to the service works with.
#pragma once

#include "cli/files/output.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace muster::cli {

/// Whether words may be coloured: only for a terminal, and not if its owner says NO_COLOR.
enum class colours : std::uint8_t { none = 0, ansi = 1 };

struct surroundings {
  std::string socket = "/run/muster/ras.sock";
  output_format format = output_format::table;
  colours tint = colours::none;
  std::ostream& out;
  std::ostream& err;
};

/// Writes "muster: <why>" and gives `exit_error`.
int report(const surroundings& around, const fault& why);

} // namespace muster::cli
