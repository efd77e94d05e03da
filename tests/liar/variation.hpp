// What honest machines do: it never makes a good one worse.
#pragma once

#include "tests/liar/account.hpp"
#include "tests/liar/dice.hpp"
#include "tests/liar/level.hpp"

#include <span>

namespace muster::liar {

struct variation {
  const char* name;
  /// Happens to `m`. Gives what its agent then reads. Entries behind the list of `m` are measured between
  /// quote and reading.
  account (*happen)(machine& m, const machine& good, dice& d);
  level at_least = level::trusted; ///< of a good machine, until its next reset
};

std::span<const variation> variations();

} // namespace muster::liar
