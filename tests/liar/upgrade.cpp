#include "tests/liar/upgrade.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

constexpr upgrade all_upgrades[] = {
    {"a program", false, false},
    {"a program and the loader", true, false},
    {"a program, the loader and the initrd", true, true},
};

} // namespace

std::span<const upgrade> upgrades() { return all_upgrades; }

std::string_view to_string(version of) noexcept {
  constexpr std::string_view words[] = {"not upgraded", "upgraded and not booted", "upgraded",
                                        "upgraded in part"};
  static_assert(std::size(words) == version_count);
  return words[static_cast<std::size_t>(of)];
}

std::string_view to_string(ending of) noexcept {
  constexpr std::string_view words[] = {"enforced", "expired", "given up", "enforced and undone"};
  static_assert(std::size(words) == ending_count);
  return words[static_cast<std::size_t>(of)];
}

bool bring_to(machine& m, const upgrade& by, version to) {
  if (to == version::old) return true;
  // Picks the same file whatever the order in which files start.
  const auto old = std::max_element(m.start.begin() + 1, m.start.end(),
                                    [](const auto& a, const auto& b) { return path_of(a) < path_of(b); });
  const ima_story fresh = {file_line(path_of(*old), "the next version"),
                           file_line("/usr/bin/next", "a program of the next version")};
  if (to == version::running) {
    for (const auto& line : fresh)
      m.measure(line);
    return true;
  }
  const bool all = to == version::next;
  if (by.loader && (all || by.initrd) && !m.boot.remeasure(m.boot.loader(), "the next loader")) return false;
  if (by.initrd && all && !m.boot.remeasure(m.boot.find(9, "initrd"), "the next initrd")) return false;
  m.start.erase(old);
  m.start.insert(m.start.end(), fresh.begin(), fresh.end());
  m.power_on();
  return true;
}

} // namespace muster::liar
