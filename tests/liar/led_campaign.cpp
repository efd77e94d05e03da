#include "tests/liar/led_campaign.hpp"

#include "appraisal/reference/extraction_record.hpp"
#include "appraisal/reference/reference_record.hpp"
#include "service/references/learning.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

using namespace service;

namespace {

/// Accepts the set under a lenient policy first, because the group's present policy may deny it.
contexts contexts_of(const context_ptr& in_force, const named_set& set) {
  const auto lenient = std::make_shared<const appraisal::policy>();
  auto out = contexts::load(memory_store{}, {lenient, {}});
  REQUIRE(out.ok());
  REQUIRE(out->accept(in_force->group, set).ok());
  out->change({in_force->policy, {}});
  return *std::move(out);
}

named_set named(std::shared_ptr<const appraisal::reference_set> set) {
  const auto digest = crypto::sha256(to_record(set->content()).content());
  return {std::move(set), digest};
}

} // namespace

led_campaign::led_campaign(const context_ptr& in_force, wall_time now)
    : in_force_{contexts_of(in_force, {in_force->reference, in_force->reference_digest})},
      before_{in_force->reference, in_force->reference_digest}, now_{now} {
  campaign_plan plan;
  plan.group = in_force->group;
  auto begun = begin_campaign({1}, plan, nullptr, before_.digest, by_somebody());
  REQUIRE_MESSAGE(begun.ok(), begun.fault().check);
  campaign_ = *std::move(begun);
}

bool led_campaign::propose_lesson(const std::vector<const judge*>& canaries, std::uint32_t quorum,
                                  const appraisal::extraction_rules& rules) {
  memory_store all;
  for (const auto* one : canaries) {
    all.take(one->store());
    campaign_.canaries.push_back(one->node().id);
    now_ = std::max(now_, one->now());
  }
  campaign_.quorum = quorum;
  campaign_.rules = muster::to_bytes(appraisal::to_record(rules).content());
  auto lesson = learn(all, campaign_, *in_force_.of(campaign_.group));
  if (!lesson.taught) return false;
  auto set = appraisal::reference_set::make(std::move(lesson.taught->from.content));
  return set && propose(*std::move(set));
}

bool led_campaign::propose(std::shared_ptr<const appraisal::reference_set> set) {
  proposed_ = named(std::move(set));
  auto step = service::propose(campaign_, proposed_.digest, "", by_somebody());
  if (!step) return false;
  campaign_ = *std::move(step);
  return true;
}

context_ptr led_campaign::stage() {
  auto step = service::stage(campaign_, by_somebody());
  REQUIRE_MESSAGE(step.ok(), step.fault().check);
  auto both = in_force_.stage(campaign_.group, proposed_);
  if (!both) return nullptr;
  campaign_ = *std::move(step);
  return *both;
}

context_ptr led_campaign::end(ending how) {
  const auto take = [this](auto step) {
    REQUIRE(step);
    campaign_ = *std::move(step);
  };
  switch (how) {
  case ending::expired:
    take(expire(campaign_, campaign_.stage_ends));
    return in_force_.unstage(campaign_.group);
  case ending::given_up:
    take(end_campaign(campaign_, by_somebody()));
    return in_force_.unstage(campaign_.group);
  case ending::enforced:
  case ending::undone: break;
  }
  take(enforce(campaign_, "", by_somebody()));
  auto alone = in_force_.accept(campaign_.group, proposed_);
  REQUIRE(alone.ok());
  if (how == ending::enforced) return *alone;
  // A set that the present policy denies is not put back.
  if (!in_force_.allows(campaign_.group, before_)) return *alone;
  take(undo(campaign_, proposed_.digest, by_somebody()));
  REQUIRE(in_force_.accept(campaign_.group, before_).ok());
  auto both = in_force_.stage(campaign_.group, proposed_);
  REQUIRE(both.ok());
  return *both;
}

} // namespace muster::liar
