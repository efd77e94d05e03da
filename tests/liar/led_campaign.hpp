// A campaign of a group, with the service's own contexts, steps and lessons. This class replaces only the
// actor between them (service/references/campaigns.cpp).
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "service/references/campaign_steps.hpp"
#include "service/references/contexts.hpp"
#include "tests/liar/judge.hpp"
#include "tests/liar/upgrade.hpp"

namespace muster::liar {

class led_campaign {
public:
  /// Starts in the group of that context, with its set and its policy in force.
  led_campaign(const service::context_ptr& in_force, wall_time now);

  /// Proposes what at least `quorum` of the canaries agree on. Caller: each canary attested after the start.
  bool propose_lesson(const std::vector<const judge*>& canaries, std::uint32_t quorum,
                      const appraisal::extraction_rules& rules);
  /// Proposes a set on record.
  bool propose(std::shared_ptr<const appraisal::reference_set> set);
  /// From now on both sets pass. Null: the group's policy denies something in the proposed set.
  service::context_ptr stage();
  service::context_ptr end(ending how);

private:
  service::signature_of_step by_somebody() const { return {"uid=0", now_}; }

  service::contexts in_force_;
  service::campaign campaign_;
  service::named_set before_;
  service::named_set proposed_;
  wall_time now_;
};

} // namespace muster::liar
