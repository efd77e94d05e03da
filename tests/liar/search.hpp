// Strategies by ranges of seeds, and what they found.
#pragma once

#include "tests/liar/strategy.hpp"

#include <map>
#include <optional>

namespace muster::liar {

struct counterexample {
  strategy how; ///< no lie of it can be dropped
  shown_at lied;
  level best; ///< that the truth is shown as
};

/// How much of a range was tried.
struct tally {
  std::uint64_t tried = 0;
  std::uint64_t good_anyway = 0; ///< scenes without anything to hide, or which this machine cannot be in
  std::uint64_t skipped = 0;     ///< for a move that is known to be open
};

class search {
public:
  /// `open`: places of moves that are known to be open; strategies with them are skipped, and counted.
  search(stage& on, std::vector<std::size_t> open) : on_{on}, open_{std::move(open)} {}

  /// Nothing: it is not shown better than the honest machine, or it is skipped.
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
/// What is shown of it at each point, and the findings, with lies and without.
std::string explained(const scene& where, const telling& lies, stage& on);

} // namespace muster::liar
