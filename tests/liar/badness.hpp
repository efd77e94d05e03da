// The ways in which a machine is really bad.
#pragma once

#include "tests/liar/machine.hpp"

#include <span>

namespace muster::liar {

/// The program that must not run, wherever it appears.
inline constexpr std::string_view evil_path = "/usr/bin/evil";
inline constexpr std::string_view evil_content = "evil";

enum class happens : std::uint8_t {
  at_boot, ///< firmware and loader measure something else: visible after the next reset
  running  ///< while the machine runs
};

struct badness {
  const char* name;
  happens when;
  /// Makes a good machine bad. False: this machine cannot be bad in this way.
  bool (*befall)(machine& m);
};

std::span<const badness> all_badness();
/// The index of that name in `all_badness`.
std::size_t badness_named(std::string_view name);

} // namespace muster::liar
