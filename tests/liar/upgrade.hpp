// What becomes of good machines when their group is upgraded.
#pragma once

#include "tests/liar/machine.hpp"

#include <span>

namespace muster::liar {

struct upgrade {
  const char* name;
  bool loader; ///< and not the files alone
  bool initrd;
};

std::span<const upgrade> upgrades();

/// How far one machine got.
enum class version : std::uint8_t {
  old,     ///< not begun
  running, ///< files were replaced and used, and it was not booted since
  next,    ///< all of it, and booted
  mixed    ///< of what is booted the loader alone, or none of it; and booted
};
inline constexpr std::size_t version_count = 4;
std::string_view to_string(version of) noexcept;

/// How the campaign ends that leads the group.
enum class ending : std::uint8_t {
  enforced,
  expired,
  given_up,
  put_back ///< enforced, and undone: the old set passes again, beside the new
};
inline constexpr std::size_t ending_count = 4;
std::string_view to_string(ending of) noexcept;

/// False: this machine has no such parts.
bool bring_to(machine& m, const upgrade& by, version to);

} // namespace muster::liar
