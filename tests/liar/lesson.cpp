#include "tests/liar/lesson.hpp"

#include "service/references/acceptance.hpp"

namespace muster::liar {

using namespace service;

result<appraisal::reference_content> taught(const judge& of, const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin) {
  const auto state = of.state();
  const auto claims = read_recorded_claims(of.store(), of.node().id, state);
  const auto teaches = may_teach(of.node(), state, claims, of.node().group, under);
  if (!teaches) return teaches.fault();
  return appraisal::extract(*teaches, rules, std::move(origin));
}

std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of) {
  auto content = taught(of, *of.context()->policy, {}, "a lesson");
  if (!content) return nullptr;
  auto set = appraisal::reference_set::make(*std::move(content));
  return set ? *set : nullptr;
}

} // namespace muster::liar
