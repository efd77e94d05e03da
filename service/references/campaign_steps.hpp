// What a campaign may do next, and what it is after that. Pure: the caller stores what comes out before it is
// true. Each gives the campaign after the step, or a fault `conflict` (not in this phase) or `denied`.
#pragma once

#include "records/campaign.hpp"

namespace muster::service {

/// Who did it, when.
struct signature_of_step {
  std::string by; ///< "uid=0 pid=123"; "service" for what a campaign does by itself
  wall_time now;
};

struct campaign_plan {
  std::string group;
  std::vector<node_id> canaries;
  std::uint32_t quorum = 0; ///< 0: all canaries
  bytes rules;
  bool approval_required = false;
  std::chrono::milliseconds stage_for{std::chrono::days{7}};
  campaign_automation automation = campaign_automation::none;
  std::uint8_t guard_percent = 10;
};

inline constexpr std::chrono::milliseconds longest_stage{std::chrono::days{90}};

/// Begins to observe. `newest`: the newest campaign of the group, null if it had none. `before`: the set in
/// force, which there must be: the first set of a group is accepted, not updated. fault malformed: a plan
/// that cannot be carried out says which field.
result<campaign> begin_campaign(campaign_number number, const campaign_plan& plan, const campaign* newest,
                                const std::optional<bytes32>& before, const signature_of_step& who);

/// From observing, or from an earlier proposal, whose approval is lost. A proposal of what is in force
/// already is `conflict`.
result<campaign> propose(campaign in, const bytes32& set, const std::string& text,
                         const signature_of_step& who);

/// A person who is not the proposer accepts this very set.
result<campaign> approve_proposal(campaign in, const bytes32& set, const signature_of_step& who);

/// From now both sets pass, until the stage ends.
result<campaign> stage(campaign in, const signature_of_step& who);

/// The proposed set alone. Only from a stage: nothing jumps from a proposal to being the only truth. The
/// caller asked the guard.
result<campaign> enforce(campaign in, const std::string& text, const signature_of_step& who);

/// The last step is undone: a proposal is dropped, a stage goes back to its proposal, an enforced set back to
/// a stage in which the old one passes as well. `in_force` is the group's set now: an enforced campaign that
/// is not the last word on it cannot be undone.
result<campaign> undo(campaign in, const bytes32& in_force, const signature_of_step& who);

/// Given up.
result<campaign> end_campaign(campaign in, const signature_of_step& who);

/// A stage whose end has come; no value if there is nothing to do.
std::optional<campaign> expire(const campaign& in, wall_time now);

} // namespace muster::service
