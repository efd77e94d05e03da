// From findings to what is recorded and shown: the only way to a verdict.
#pragma once

#include "appraisal/verdict/carry_over.hpp"
#include "appraisal/verdict/verdict.hpp"

namespace muster::appraisal {

/// What a machine is judged by, besides its evidence.
struct judged_by {
  endorsement level = endorsement::none;
  const policy* rules = nullptr; ///< never null
  reference_state reference = reference_state::absent;
};

struct conclusion {
  kept_findings kept;
  muster::verdict verdict = verdict::none;

  friend bool operator==(const conclusion&, const conclusion&) = default;
};

/// `carry_over`, then `verdict_of` on what is kept. Both the service and the verifier of a bundle use this.
conclusion conclude(const kept_findings& before, std::vector<finding> fresh, occasion what,
                    std::uint64_t unlisted, const judged_by& by);

/// The findings that recorded claims cannot reproduce: all but kind claim.
std::vector<finding> lasting_of(const std::vector<finding>& findings);

} // namespace muster::appraisal
