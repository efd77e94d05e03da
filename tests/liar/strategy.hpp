// A composition of lies, chosen by a seed or by a fuzzer's bytes.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "tests/liar/move.hpp"
#include "tests/liar/trial.hpp"

namespace muster::liar {

struct lie {
  std::size_t move = 0;
  std::uint64_t seed = 0; ///< for the move's choices, which stay the same when another lie is dropped
  unsigned round = 0;
};

struct strategy {
  scene where;
  std::vector<lie> lies; ///< 1 to 5
};

inline constexpr std::size_t most_lies = 5;

/// Deterministic. Strategies of 64 neighbouring seeds share their scene.
strategy strategy_of(std::uint64_t seed, stage& on);
/// Takes a byte for each choice, and three for a lie.
strategy strategy_of(byte_view input, stage& on);

telling telling_of(const std::vector<lie>& lies);
std::string to_string(const strategy& of, const stage& on);

/// Whether a lie can gain anything in the scene.
bool honest_is_bad(const std::vector<shown_at>& honest);

} // namespace muster::liar
