#include "appraisal/verdict/conclusion.hpp"

#include <algorithm>
#include <iterator>

namespace muster::appraisal {

conclusion conclude(const kept_findings& before, std::vector<finding> fresh, occasion what,
                    std::uint64_t unlisted, const judged_by& by) {
  conclusion out;
  out.kept = carry_over(before, std::move(fresh), what, unlisted);
  out.verdict = verdict_of(out.kept.findings, by.level, *by.rules, by.reference);
  return out;
}

std::vector<finding> lasting_of(const std::vector<finding>& findings) {
  std::vector<finding> out;
  std::ranges::copy_if(findings, std::back_inserter(out),
                       [](const finding& f) { return f.kind != finding_kind::claim; });
  return out;
}

} // namespace muster::appraisal
