// Known holes that are not mended yet. A mended hole must leave these tables; the test names its line.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace muster::liar {

/// A named case, by its words, and why it is open.
struct open_case {
  const char* words;
  const char* reason;
};
std::span<const open_case> open_cases();

/// A move that the random search leaves out, and why.
struct open_move {
  const char* move;
  const char* reason;
};
std::span<const open_move> open_move_lines();
/// The indices of these moves in `moves`.
std::vector<std::size_t> open_moves();

} // namespace muster::liar
