// Judges recorded claims under a set and a policy: when either changes, and to see what a change would do.
#pragma once

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/verdict/carry_over.hpp"
#include "messages/vocabulary/standing.hpp"

#include <span>

namespace muster::appraisal {

/// What is on record about a machine besides its claims.
struct appraised_before {
  std::span<const finding> findings;
  std::uint64_t findings_total = 0;
  endorsement level = endorsement::none;
  hash_seed seed{}; ///< of this process
};

struct reappraisal {
  kept_findings findings;
  muster::verdict verdict = verdict::none;
  std::uint64_t skipped = 0;
};

/// Judges the claims of a whole boot: findings of kind claim are computed again, all others are kept
/// (carry_over.hpp). `of_boot` is the result of `appraise_boot` for this boot, reference choice and policy;
/// machines that boot alike share it. `files` may omit ordinary files (appraise_files.hpp), which are nearly
/// all of them.
reappraisal reappraise(const std::vector<finding>& of_boot, const file_claims& files,
                       const reference_choice& reference, const policy& p, const appraised_before& before);

} // namespace muster::appraisal
