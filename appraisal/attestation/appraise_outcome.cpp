#include "appraisal/attestation/appraise_outcome.hpp"

#include "appraisal/attestation/unproven.hpp"
#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/files/appraise_files.hpp"

#include <algorithm>
#include <iterator>

namespace muster::appraisal {

void appraise_outcome(attestation_outcome& out, const reference_choice& reference, const policy& rules,
                      const hash_seed& seed, const cpu_budget& budget) {
  if (out.end == attestation_end::failed) return;
  std::vector<finding> fresh;
  if (out.end == attestation_end::verified) {
    if (out.claims) fresh = appraise_boot(*out.claims, reference, rules);
    auto files = appraise_files(out.files, reference, rules, seed, budget);
    out.skipped = files.skipped;
    out.unlisted = files.total - files.findings.size();
    std::ranges::move(files.findings, std::back_inserter(fresh));
  }
  std::ranges::copy_if(out.findings, std::back_inserter(fresh),
                       [](const finding& f) { return f.kind != finding_kind::claim && !is_unproven(f); });
  if (auto bad = appraise_reported(out.uncovered, out.uncovered_from, reference, rules, seed, budget))
    fresh.push_back(*std::move(bad));
  out.findings = std::move(fresh);
}

} // namespace muster::appraisal
