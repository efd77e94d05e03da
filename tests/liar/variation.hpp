// What honest machines do, which must never make a good one look worse.
#pragma once

#include "tests/liar/account.hpp"
#include "tests/liar/dice.hpp"
#include "tests/liar/level.hpp"

#include <span>

namespace muster::liar {

struct variation {
  const char* name;
  /// Happens to `m`, and returns what its agent reads afterwards. Entries after the list of `m` count as
  /// measured between quote and reading.
  account (*happen)(machine& m, const machine& good, dice& d);
  level at_least = level::trusted; ///< the worst level of a good machine until its next reset
};

std::span<const variation> variations();

} // namespace muster::liar
