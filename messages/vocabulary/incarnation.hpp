// In which life of the service something was numbered.
#pragma once

#include "messages/vocabulary/ids.hpp"

namespace muster {

/// One life of the service over its records, from a start to the next (docs/protocol.md 8). A later one is
/// larger, and than one that a restored database has forgotten, too.
using incarnation = number<struct incarnation_tag>;
/// What is numbered in an incarnation is above this, and so above all that was numbered before. Numbers that
/// people and their programs see stay below 2^53. Who counts further than 2^20 reaches into the next second,
/// and nobody counts so fast.
constexpr unsigned incarnation_shift = 20;
constexpr incarnation max_incarnation{(std::uint64_t{1} << 33U) - 1}; // in seconds: the year 2242
constexpr std::uint64_t numbers_above(incarnation of) noexcept { return of.value << incarnation_shift; }

constexpr incarnation incarnation_of(session_epoch epoch) noexcept {
  return {epoch.value >> incarnation_shift};
}

} // namespace muster
