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

/// Which claims make no finding and are counted by nobody: a file that a set knows, that is not denied,
/// signed where it must be, and in its place. `appraise_files` begins with this question, and whoever keeps
/// claims from it asks the same one: no check can be left out in one of both places.
class ordinary_files {
public:
  /// Both outlive it.
  ordinary_files(const reference_choice& reference, const policy& p);

  /// About 100 ns for known files, and no allocation.
  bool has(const file_claim& claim) const;

private:
  const reference_choice& reference_;
  const policy& policy_;
  other_content other_content_;
};

struct file_appraisal {
  std::vector<finding> findings;   ///< of kind claim, at most `max_findings`, in the order of the log
  std::uint64_t total = 0;         ///< of findings, kept or not
  std::uint64_t passed_over = 0;   ///< entries that the policy hides
  severity worst = severity::note; ///< of all findings, kept or not; `note` if there are none
  std::uint64_t steps = 0;         ///< slots of tables that were looked at: linear in the claims
};

/// Each claim: denied by the policy (deny_list.hpp): "ima.denied-file", a failure, whatever else holds. Known
/// digest under any path, or a signature that the policy accepts: nothing, but for "ima.other-content"
/// (other_content.hpp). Under an excluded directory or pattern: counted. Else
///   "ima.unknown-file"  neither path nor content is in the set; counted if the policy's mode is known-only
///   "ima.changed-file"  the path is known with other content; see below
///   "ima.signature"     it must be signed and is not (appraise_signature.hpp), known or not
///   "ima.buffer", "ima.not-a-file"   for what is no file (measured_buffer.hpp)
///   "ima.violation"     one for each path, excluded or not, and one for all without a name, with their
///                       number; counted if the policy says so
///   "ima.other-hash"    instead of less than a failure: its digest is of an algorithm in which nothing is
///                       denied, though something is, so it may be what is denied; a failure
/// A changed file: every measurement of a path counts, however it is spelled, and a name without its place if
/// a file of that name is known. The finding names the package, if the set knows one.
/// With two sets (reference_choice.hpp) a file of either is known. Without a reference nothing is unknown and
/// nothing changed: what is found then is what is denied, not signed as it must be, a violation, or a buffer
/// that a rule forbids. Failures are kept before lesser findings. Known entries cost about 100 ns and no
/// allocation. `seed`: of this process, where machines choose the claims. Once `budget` is over it stops: the
/// caller must look at it, and what was found until then is not all.
file_appraisal appraise_files(const file_claims& files, const reference_choice& reference, const policy& p,
                              const hash_seed& seed = {}, const cpu_budget& budget = {});

inline constexpr std::size_t max_findings = 256;

} // namespace muster::appraisal
