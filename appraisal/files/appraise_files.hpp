// Compares what a machine measured while it ran with the files it is supposed to have.
#pragma once

#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/files/other_content.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Decides which claims are ordinary: they make no finding and enter no count. An ordinary file is known to a
/// set, not denied, signed where it must be, and in its place. `appraise_files` asks this question first, and
/// code that withholds claims from `appraise_files` asks it too, so the two cannot apply different checks.
class ordinary_files {
public:
  /// Both must outlive this object.
  ordinary_files(const reference_choice& reference, const policy& p);

  /// About 100 ns for a known file, without allocation.
  bool has(const file_claim& claim) const;

private:
  const reference_choice& reference_;
  const policy& policy_;
  other_content other_content_;
};

struct file_appraisal {
  std::vector<finding> findings;   ///< of kind claim, at most `max_findings`, in the order of the log
  std::uint64_t total = 0;         ///< of findings, kept or not
  std::uint64_t skipped = 0;       ///< entries that the policy skips
  severity worst = severity::note; ///< of all findings, kept or not; `note` if there are none
  std::uint64_t steps = 0;         ///< table slots that were probed: linear in the number of claims
};

/// Judges each claim:
///   - The policy denies it (deny_list.hpp): "ima.denied-file", a failure, whatever else holds.
///   - Its digest is known under any path, or the policy accepts its signature: no finding except
///     "ima.other-content" (other_content.hpp).
///   - It is under an excluded directory or pattern: counted.
/// Otherwise it makes one of these findings:
///   "ima.unknown-file"  neither path nor content is in the set; only counted if the policy's mode is
///                       known-only
///   "ima.changed-file"  the path is known with other content; see below
///   "ima.signature"     it must be signed and is not (appraise_signature.hpp), known or not
///   "ima.buffer", "ima.not-a-file"   it is not a file (measured_buffer.hpp)
///   "ima.violation"     one for each path, excluded or not, and a single one with a count for all violations
///                       without a name; only counted if the policy says so
///   "ima.other-hash"    a failure, in place of any lesser outcome: the deny list has entries, but none in
///                       the algorithm of this digest, so the file may be a denied one
/// For "ima.changed-file" every measurement of a path counts, however the path is spelled; a bare file name
/// counts too if a file of that name is known. The finding names the package if the set knows one.
///
/// With two sets (reference_choice.hpp), a file of either is known. Without a reference, no file is unknown
/// or changed. The findings are then limited to denied files, missing signatures, violations, and buffers
/// that a rule forbids. When there is no room for all findings, failures are kept first. Known entries cost
/// about 100 ns each and no allocation. `seed` must be secret to this process where machines choose the
/// claims. The function stops once `budget` is over. The caller must check the budget: the result is then
/// incomplete.
file_appraisal appraise_files(const file_claims& files, const reference_choice& reference, const policy& p,
                              const hash_seed& seed = {}, const cpu_budget& budget = {});

inline constexpr std::size_t max_findings = 256;

} // namespace muster::appraisal
