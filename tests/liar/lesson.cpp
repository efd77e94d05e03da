#include "tests/liar/lesson.hpp"

#include "appraisal/appraise_boot.hpp"
#include "appraisal/appraise_files.hpp"

#include <algorithm>

namespace muster::liar {

using namespace service;

namespace {

bool no_open_finding(const node_state& state) {
  return std::ranges::none_of(state.findings, [](const finding& one) {
    return one.level != severity::note
           && (one.kind != finding_kind::claim || one.check == "boot.unexplained");
  });
}

bool good_by_itself(const recorded_claims& claims, const appraisal::policy& rules) {
  auto wrong = appraisal::appraise_boot(claims.boot, nullptr, rules);
  const auto files = appraisal::appraise_files(claims.files, nullptr, rules);
  wrong.insert(wrong.end(), files.findings.begin(), files.findings.end());
  return std::ranges::none_of(wrong, [](const finding& one) { return one.level == severity::failure; });
}

} // namespace

result<appraisal::reference_content> taught(const recorded_claims& claims, const node_state& state,
                                            const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin) {
  if (!no_open_finding(state) || !good_by_itself(claims, under))
    return fault{errc::denied, "reference: this machine may not teach"};
  return appraisal::extract(claims.boot, claims.files, rules, std::move(origin));
}

std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of) {
  const auto state = of.state();
  const auto claims = read_recorded_claims(of.store(), of.node().id, state);
  if (!claims) return nullptr;
  auto content = taught(*claims, state, *of.context()->policy, {}, "a lesson");
  if (!content) return nullptr;
  auto set = appraisal::reference_set::make(*std::move(content));
  return set ? *set : nullptr;
}

} // namespace muster::liar
