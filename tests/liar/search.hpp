// Tries strategies, and shrinks those that succeed to counterexamples.
#pragma once

#include "tests/liar/strategy.hpp"

#include <map>
#include <optional>

namespace muster::liar {

struct counterexample {
  strategy how; ///< without needless lies
  shown_at lied;
  level best; ///< the best level that the truth allows
};

/// How much of a range was tried.
struct tally {
  std::uint64_t tried = 0;
  std::uint64_t good_anyway = 0; ///< scenes with nothing to hide, or impossible for the machine
  std::uint64_t skipped = 0;     ///< strategies with a move that is known to be open
};

class search {
public:
  /// `open`: indices of moves that are known to be open. Strategies with such a move are skipped and counted.
  search(stage& on, std::vector<std::size_t> open) : on_{on}, open_{std::move(open)} {}

  /// Empty: the machine is shown no better than the honest one, or the strategy was skipped.
  std::optional<counterexample> try_one(const strategy& one);
  std::optional<counterexample> try_seed(std::uint64_t seed) { return try_one(strategy_of(seed, on_)); }

  const tally& so_far() const noexcept { return tally_; }

private:
  const truth& truth_about(const scene& where);
  std::optional<counterexample> shrunk(strategy one, const truth& is);

  stage& on_;
  std::vector<std::size_t> open_;
  std::map<scene, truth> known_;
  tally tally_;
};

std::string to_string(const counterexample& of, const stage& on);
/// How the machine is shown at each point, with the findings, with and without lies.
std::string explained(const scene& where, const telling& lies, stage& on);

} // namespace muster::liar
