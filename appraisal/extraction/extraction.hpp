// Learns a reference from what machines may teach: one machine, or a quorum of canaries.
#pragma once

#include "appraisal/extraction/teachable.hpp"
#include "appraisal/reference/extraction_rules.hpp"
#include "appraisal/reference/reference_set.hpp"

#include <span>

namespace muster::appraisal {

/// What makes exactly this machine good under `rules`. fault denied: the rules have a defect; a PCR that must
/// be equal was not quoted in SHA-256 or still has its start value; events are to be left out of a PCR that
/// no boot log explains.
result<reference_content> extract(const teachable& from, const extraction_rules& rules, std::string origin);

/// The same without its files and origin.
result<reference_content> extract_boot(const teachable& from, const extraction_rules& rules);

/// What a quorum did not agree on, beside the set.
struct quorum_extraction {
  static constexpr std::size_t max_listed = 1000;

  reference_content content;
  std::vector<std::string> dissenters;     ///< canaries that booted otherwise; their files count
  std::vector<std::uint8_t> pcrs_left_out; ///< informative ones (configuration) that fewer than k share
  std::uint64_t files_left_out = 0;        ///< (path, digest) that fewer than k measured
  file_claims listed;                      ///< the first of them in canonical order
};

/// The set on which at least `k` of the canaries agree. Their boot must be one and the same as a whole, every
/// value and every event that is compared: parts of several machines would make a boot that none of them had.
/// A file counts if at least `k` measured that content under that path.
/// fault denied: as `extract`; no canary, k of 0 or over their number, more than `max_canaries`.
/// fault conflict: no boot, or more than one, has k canaries; names the first PCR, and event, that parts
/// them, and who says what.
result<quorum_extraction> extract_quorum(std::span<const teachable> canaries, std::size_t k,
                                         const extraction_rules& rules);

inline constexpr std::size_t max_canaries = 64;

} // namespace muster::appraisal
