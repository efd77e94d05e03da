#include "tests/liar/known_open.hpp"

#include "tests/liar/move.hpp"

#include <array>

namespace muster::liar {

namespace {

// One line for each case. A case that no longer fails makes the test fail until its line is removed.
constexpr std::array<open_case, 0> cases{};

// One line for each move. `muster-liar --all` searches with these moves as well.
constexpr std::array<open_move, 0> lines{};

} // namespace

std::span<const open_case> open_cases() { return cases; }
std::span<const open_move> open_move_lines() { return lines; }

std::vector<std::size_t> open_moves() {
  std::vector<std::size_t> out;
  for (const auto& one : open_move_lines())
    out.push_back(move_named(one.move));
  return out;
}

} // namespace muster::liar
