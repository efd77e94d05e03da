// A composition of lies that a seed, or a fuzzer's bytes, choose.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "tests/liar/move.hpp"
#include "tests/liar/trial.hpp"

namespace muster::liar {

struct lie {
  std::size_t move = 0;
  std::uint64_t seed = 0; ///< of the move's own choices: they do not change when another lie is dropped
  unsigned round = 0;
};

struct strategy {
  scene where;
  std::vector<lie> lies; ///< 1 to 5
};

inline constexpr std::size_t most_lies = 5;

/// The same for the same seed. Strategies of 64 neighbouring seeds share their scene.
strategy strategy_of(std::uint64_t seed, stage& on);
/// A byte for each choice; a lie takes three.
strategy strategy_of(byte_view input, stage& on);

telling telling_of(const std::vector<lie>& lies);
std::string to_string(const strategy& of, const stage& on);

/// Whether the scene is one in which a lie can gain something.
bool honest_is_bad(const std::vector<shown_at>& honest);

} // namespace muster::liar
