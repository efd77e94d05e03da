// What recorded claims are worth under a set and a policy: for changes of either, and for asking what a
// change would do.
#pragma once

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/verdict/carry_over.hpp"
#include "messages/vocabulary/standing.hpp"

#include <span>

namespace muster::appraisal {

/// What is on record about a machine beside its claims.
struct appraised_before {
  std::span<const finding> findings;
  std::uint64_t findings_total = 0;
  endorsement level = endorsement::none;
  hash_seed seed{}; ///< of this process
};

struct reappraisal {
  kept_findings findings;
  muster::verdict verdict = verdict::none;
  std::uint64_t passed_over = 0;
};

/// Claims of a whole boot: claim findings are computed anew, all others are kept (carry_over.hpp). `of_boot`:
/// what `appraise_boot` gave for this boot, this choice and this policy: machines that boot alike share it.
/// `files` may lack those that are ordinary (appraise_files.hpp): nearly all.
reappraisal reappraise(const std::vector<finding>& of_boot, const file_claims& files,
                       const reference_choice& reference, const policy& p, const appraised_before& before);

} // namespace muster::appraisal
