// The surroundings of every command that talks to the service.
#pragma once

#include "cli/files/output.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace muster::cli {

/// Whether words may be coloured: only on a terminal, and not if NO_COLOR is set.
enum class colours : std::uint8_t { none = 0, ansi = 1 };

struct surroundings {
  std::string socket = "/run/muster/ras.sock";
  output_format format = output_format::table;
  colours tint = colours::none;
  std::ostream& out;
  std::ostream& err;
};

/// Writes "muster: <why>" and returns `exit_error`.
int report(const surroundings& around, const fault& why);

} // namespace muster::cli
