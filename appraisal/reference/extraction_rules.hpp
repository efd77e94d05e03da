// Which parts of a machine become a reference: the PCRs, boot events and files to learn.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/reference/event_rule.hpp"
#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// Bit i: PCR i can be learnt, because an appraisal compares it (reference_set.hpp).
std::uint32_t learnable_pcrs() noexcept;

/// The default learns all that an appraisal compares. What the rules leave out of the boot is not compared
/// with the resulting set. A file that they leave out is not in the set, so its use is a finding until a
/// policy excludes it.
struct extraction_rules {
  static constexpr std::size_t max_events = 64;
  static constexpr std::size_t max_patterns = 256;

  std::uint32_t pcrs = learnable_pcrs();
  std::vector<event_rule> leave_out;  ///< a PCR named here is compared by its other events only
  std::vector<pattern> include_files; ///< match the whole path; empty: all files
  std::vector<pattern> exclude_files; ///< override `include_files`

  bool learns_pcr(unsigned index) const noexcept { return index < 32 && (pcrs >> index & 1U) != 0; }
  /// Of a path outside, as a source gives it.
  bool learns_file(std::string_view path) const;
  /// Of a path of a list (kernel_name.hpp): it is left out if it may be one that is excluded.
  bool learns_logged(std::string_view path) const;

  friend bool operator==(const extraction_rules&, const extraction_rules&) = default;
};

/// Why no set can be made by these rules, in one sentence; empty if one can. Reasons: a PCR that is not
/// compared; an event rule for a PCR that is not learnt or whose events are not compared; no PCR that must be
/// equal is learnt by its value; too many entries.
std::string defect_of(const extraction_rules& rules);

} // namespace muster::appraisal
