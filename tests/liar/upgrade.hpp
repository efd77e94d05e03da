// What an upgrade of their group changes on good machines.
#pragma once

#include "tests/liar/machine.hpp"

#include <span>

namespace muster::liar {

struct upgrade {
  const char* name;
  bool loader; ///< replaces the boot loader as well as files
  bool initrd;
};

std::span<const upgrade> upgrades();

/// How far one machine got.
enum class version : std::uint8_t {
  old,     ///< not begun
  running, ///< new files were installed and used, without a reboot
  next,    ///< complete, and rebooted
  mixed    ///< rebooted with the new files, and at most the loader of the new boot chain
};
inline constexpr std::size_t version_count = 4;
std::string_view to_string(version of) noexcept;

/// How the group's campaign ends.
enum class ending : std::uint8_t {
  enforced,
  expired,
  given_up,
  undone ///< enforced, then undone: the old set passes again, together with the new one
};
inline constexpr std::size_t ending_count = 4;
std::string_view to_string(ending of) noexcept;

/// Brings a machine to a version. False: the machine lacks these parts.
bool bring_to(machine& m, const upgrade& by, version to);

} // namespace muster::liar
