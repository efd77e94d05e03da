// The steps of a campaign. Pure: a step counts once the caller has stored its outcome. Each function returns
// the campaign after the step, or a fault: `conflict` (not possible in this phase) or `denied`.
#pragma once

#include "records/campaign.hpp"

namespace muster::service {

/// Who took a step, and when.
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

/// Begins to observe. `newest` is the newest campaign of the group, null if it had none. `before` is the set
/// in force, which must exist: the first set of a group is accepted, not updated. fault malformed: the plan
/// cannot be carried out; the text names the field.
result<campaign> begin_campaign(campaign_number number, const campaign_plan& plan, const campaign* newest,
                                const std::optional<bytes32>& before, const signature_of_step& who);

/// Proposes a set: after observing, or in place of an earlier proposal, whose approval is lost. Proposing the
/// set in force is `conflict`.
result<campaign> propose(campaign in, const bytes32& set, const std::string& text,
                         const signature_of_step& who);

/// A person other than the proposer accepts this very set.
result<campaign> approve_proposal(campaign in, const bytes32& set, const signature_of_step& who);

/// From now until the stage ends, both sets pass.
result<campaign> stage(campaign in, const signature_of_step& who);

/// Only the proposed set passes from now on. Possible only from a stage: no set goes from a proposal straight
/// to being the only one that passes. The caller has asked the guard.
result<campaign> enforce(campaign in, const std::string& text, const signature_of_step& who);

/// Undoes the last step: a proposal is dropped, a stage goes back to its proposal, and an enforced set goes
/// back to a stage in which the old one passes as well. `in_force` is the group's present set: an enforced
/// campaign cannot be undone if another set has replaced its own since.
result<campaign> undo(campaign in, const bytes32& in_force, const signature_of_step& who);

/// Gives the campaign up.
result<campaign> end_campaign(campaign in, const signature_of_step& who);

/// Ends a stage whose time is up; no value if there is nothing to do.
std::optional<campaign> expire(const campaign& in, wall_time now);

} // namespace muster::service
