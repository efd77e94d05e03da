#include "appraisal/claims/claims.hpp"

#include <algorithm>

namespace muster::appraisal {

bool boot_content::unexplained(unsigned pcr) const noexcept {
  return std::ranges::any_of(after_log,
                             [pcr](const tpm::after_log& one) { return one.pcr == pcr && !one.explained(); });
}

const crypto::digest* boot_claims::pcr(hash_algorithm bank, unsigned index) const noexcept {
  const auto found = std::ranges::find_if(
      content_.pcrs, [&](const pcr_claim& p) { return p.algorithm == bank && p.index == index; });
  return found == content_.pcrs.end() ? nullptr : &found->value;
}

const variable_claim* boot_content::variable(std::string_view name) const noexcept {
  const auto found = std::ranges::find(variables, name, &variable_claim::name);
  return found == variables.end() ? nullptr : &*found;
}

boot_claims claims_from_record(boot_content content) { return boot_claims{std::move(content)}; }

} // namespace muster::appraisal
