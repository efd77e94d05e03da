#include "appraisal/attestation/reappraise.hpp"

#include "appraisal/files/appraise_files.hpp"
#include "appraisal/verdict/conclusion.hpp"

#include <iterator>

namespace muster::appraisal {

reappraisal reappraise(const std::vector<finding>& of_boot, const file_claims& files,
                       const reference_choice& reference, const policy& p, const appraised_before& before) {
  auto fresh = of_boot;
  auto judged = appraise_files(files, reference, p, before.seed);
  const auto unlisted = judged.total - judged.findings.size();
  fresh.insert(fresh.end(), std::make_move_iterator(judged.findings.begin()),
               std::make_move_iterator(judged.findings.end()));
  auto concluded =
      conclude({{before.findings.begin(), before.findings.end()}, before.findings_total}, std::move(fresh),
               occasion::reappraisal, unlisted,
               {before.level, &p, reference.present() ? reference_state::present : reference_state::absent});
  return {std::move(concluded.kept), concluded.verdict, judged.skipped};
}

} // namespace muster::appraisal
