#include "tests/liar/lesson.hpp"

namespace muster::liar {

using namespace service;

result<appraisal::reference_content> taught(const recorded_claims& claims, const node_state& state,
                                            const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin) {
  auto teaches =
      appraisal::may_teach({origin, &claims.boot, &claims.files, state.findings, endorsement::vendor}, under);
  if (!teaches) return teaches.fault();
  return appraisal::extract(*teaches, rules, std::move(origin));
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
