// Findings of many machines, grouped by cause: hundreds of nodes with the same cause are one incident.
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace muster::appraisal {

/// One cause: the same check, subject, expected and found value, and the same sentence, except for its
/// numbers: one demand can be missed in several ways, and each has its own remedy.
struct cause {
  static constexpr std::size_t max_named = 8;

  finding example;               ///< from the first machine that had it
  std::uint64_t machines = 0;    ///< how many have it
  std::vector<std::string> some; ///< names of the first ones, at most `max_named`
};

/// Collects causes machine by machine.
class cause_table {
public:
  static constexpr std::size_t max_causes = 10'000;

  /// Adds the findings of one machine that weigh at least a warning; each cause counts once for it. After
  /// `max_causes` causes, a new one is only counted in `left_out`.
  void add(std::string_view machine, const std::vector<finding>& findings);

  /// Worst first. Causes of equal weight are ordered by the number of machines (most first), then by check
  /// and subject.
  std::vector<cause> worst_first() const;
  std::uint64_t left_out() const noexcept { return left_out_; }

private:
  std::vector<cause> causes_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::uint64_t left_out_ = 0;
};

} // namespace muster::appraisal
