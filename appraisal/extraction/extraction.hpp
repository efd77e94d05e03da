// Learns a reference from what machines may teach: one machine, or a quorum of canaries.
#pragma once

#include "appraisal/extraction/teachable.hpp"
#include "appraisal/reference/extraction_rules.hpp"
#include "appraisal/reference/reference_set.hpp"

#include <span>

namespace muster::appraisal {

/// The reference that exactly this machine satisfies under `rules`. fault denied: the rules have a defect; a
/// PCR that must be equal was not quoted in SHA-256 or still has its start value; events are to be left out
/// of a PCR that no boot log explains. fault limit: the file table is full.
result<reference_content> extract(const teachable& from, const extraction_rules& rules, std::string origin);

/// The same without files and origin.
result<reference_content> extract_boot(const teachable& from, const extraction_rules& rules);

/// The set that a quorum agreed on, and what it did not agree on.
struct quorum_extraction {
  static constexpr std::size_t max_listed = 1000;

  reference_content content;
  std::vector<std::string> dissenters;     ///< canaries with another boot; their files still count
  std::vector<std::uint8_t> pcrs_left_out; ///< informative ones (configuration) that fewer than k share
  std::uint64_t files_left_out = 0;        ///< (path, digest) that fewer than k measured
  file_claims listed;                      ///< the first of those files, in canonical order
};

/// The set on which at least `k` of the canaries agree. They must agree on the whole boot, that is on every
/// value and event that is compared: parts of several machines would form a boot that no machine had. A file
/// counts if at least `k` canaries measured that content under that path.
/// fault denied: as `extract`; no canary, more than `max_canaries`, or `k` is 0 or over their number.
/// fault conflict: `k` canaries share no boot, or more than one boot has `k` canaries. It names the first PCR
/// and event on which they differ, and what each side measured. fault limit: too many files.
result<quorum_extraction> extract_quorum(std::span<const teachable> canaries, std::size_t k,
                                         const extraction_rules& rules);

inline constexpr std::size_t max_canaries = 64;

} // namespace muster::appraisal
