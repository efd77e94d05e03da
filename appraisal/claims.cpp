#include "appraisal/claims.hpp"

#include <algorithm>

namespace muster::appraisal {

const crypto::digest* boot_claims::pcr(hash_algorithm bank, unsigned index) const noexcept {
  const auto found = std::ranges::find_if(
      content_.pcrs, [&](const pcr_claim& p) { return p.algorithm == bank && p.index == index; });
  return found == content_.pcrs.end() ? nullptr : &found->value;
}

boot_claims claims_from_record(boot_content content) { return boot_claims{std::move(content)}; }

} // namespace muster::appraisal
