// Single lies, of which strategies are composed.
#pragma once

#include "tests/liar/dice.hpp"
#include "tests/liar/liar.hpp"

#include <span>

namespace muster::liar {

struct move {
  const char* name;
  void (*make)(liar& l, dice& d);
};

std::span<const move> moves();
/// The index of that name in `moves`.
std::size_t move_named(std::string_view name);

} // namespace muster::liar
