// What of a machine becomes a reference: which PCRs, boot events and files are learnt.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/reference/event_rule.hpp"
#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// Bit i: PCR i can be learnt, since an appraisal compares it (see reference_set.hpp).
std::uint32_t learnable_pcrs() noexcept;

/// The default learns all that an appraisal compares. What the rules leave out of the boot is not compared
/// with such a set; a file that they leave out is not in the set, so that using it is a finding until the
/// policy excludes it.
struct extraction_rules {
  static constexpr std::size_t max_events = 64;
  static constexpr std::size_t max_patterns = 256;

  std::uint32_t pcrs = learnable_pcrs();
  std::vector<event_rule> leave_out;  ///< a PCR named here is compared by its other events only
  std::vector<pattern> include_files; ///< by the whole path; empty: all
  std::vector<pattern> exclude_files; ///< stronger than `include_files`

  bool learns_pcr(unsigned index) const noexcept { return index < 32 && (pcrs >> index & 1U) != 0; }
  bool learns_file(std::string_view path) const;

  friend bool operator==(const extraction_rules&, const extraction_rules&) = default;
};

/// Why no set can be made by these rules, as one sentence; empty if one can: a PCR that is not compared, an
/// event rule for a PCR that is not learnt or whose events are not compared, no PCR that must be equal and
/// whose value is learnt, too many entries.
std::string defect_of(const extraction_rules& rules);

} // namespace muster::appraisal
