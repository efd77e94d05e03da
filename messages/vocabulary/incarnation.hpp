// The incarnations of the service, and the numbers that each of them gives.
#pragma once

#include "messages/vocabulary/ids.hpp"

namespace muster {

/// One run of the service on its records, from one start to the next (docs/protocol.md 8). A later
/// incarnation is always larger, even than one that a restored database has forgotten.
using incarnation = number<struct incarnation_tag>;
/// Numbers given in an incarnation are above `numbers_above` it, and so above all numbers given before it.
/// Numbers that people and their programs see stay below 2^53. More than 2^20 numbers in one second would run
/// into the range of the next, but no counter is that fast.
constexpr unsigned incarnation_shift = 20;
constexpr incarnation max_incarnation{(std::uint64_t{1} << 33U) - 1}; // in seconds: the year 2242
constexpr std::uint64_t numbers_above(incarnation of) noexcept { return of.value << incarnation_shift; }

constexpr incarnation incarnation_of(session_epoch epoch) noexcept {
  return {epoch.value >> incarnation_shift};
}

} // namespace muster
