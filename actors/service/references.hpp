// REFERENCES: the reference sets that machines are compared with, the policy in force, and the campaigns that
// lead from one set to the next.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/cache.hpp"
#include "records/campaign.hpp"
#include "records/context.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

/// Whether the guard holds, or a change may turn more machines bad than it allows.
enum class guard : std::uint8_t { holds = 0, overruled = 1 };

/// A node's verified state, or a set on record, becomes the reference of a group.
struct accept_request {
  std::string group;
  std::optional<node_id> from; ///< a node of the group
  /// A set on record. Together with `from`: the set that the node's state has to be, else it is not accepted.
  std::optional<bytes32> set;
  std::string by; ///< who accepts
  service::guard guard = guard::holds;
};

/// What becomes of an amended set.
enum class amendment_goes : std::uint8_t {
  on_record = 0,    ///< for people to look at, and to try; it puts nothing into force
  into_force = 1,   ///< as by `accept_request`
  into_campaign = 2 ///< as the proposal of the group's campaign
};

/// The set in force of a group, with the entries that answer findings of a machine on top, or with one file.
/// Exactly one of `from` and `file` is given.
struct amend_request {
  std::string group;
  std::optional<node_id> from;
  std::vector<std::uint32_t> findings; ///< of that machine, numbered from 1
  std::string listed;                  ///< `appraisal::mark_of` the list that they number
  std::string file;                    ///< a digest as findings write it
  std::string path;                    ///< of that file
  /// The set that must result; anything else is a conflict. `into_force` needs it: only what was shown comes
  /// into force.
  std::optional<bytes32> set;
  amendment_goes goes = amendment_goes::on_record;
  service::guard guard = guard::holds;
  std::string by;
};

/// A set that was made elsewhere: its canonical record and the digest that names it.
struct import_request {
  bytes32 digest{};
  frame record;
  std::string by;
};

/// Asks what would change in a group under a policy, a set on record, or the state of a node. Exactly one of
/// the three is given.
struct trial_request {
  std::string group;
  std::shared_ptr<const appraisal::policy> policy;
  std::optional<bytes32> set;
  std::optional<node_id> from;
};

/// Begins a campaign in a group.
struct campaign_request {
  std::string group;
  std::vector<node_id> canaries;
  std::uint32_t quorum = 0; ///< 0: all
  bytes rules;              ///< canonical record ExtractionRules; empty: the usual ones
  bool approval = false;
  std::chrono::milliseconds stage_for{0}; ///< 0: the default
  campaign_automation automation = campaign_automation::none;
  std::string by;
};

enum class campaign_verb : std::uint8_t { propose, approve, stage, enforce, undo, end };

/// Advances the campaign of a group.
struct campaign_order {
  std::string group;
  campaign_verb verb = campaign_verb::propose;
  std::optional<bytes32>
      set; ///< propose: a set on record, instead of what the canaries teach; approve: the proposed set
  service::guard guard = guard::holds; ///< for the steps that take a set away: enforce, undo, end
  std::string by;
};

using policies_ptr = std::shared_ptr<const policies_in_force>;

using references_actor = caf::typed_actor<
    // Answers rest::ReferenceAnswer when the set is durable and in force. fault denied: no endorsement
    // vouches for the node, it belongs to another group, it has a finding that accepting would hide, the
    // policy denies part of the set, or the guard refuses; not_found: no such node or set, or no verified
    // state of the node; conflict: a campaign is under way in the group, or the node's state is not `set`.
    caf::replies_to<accept_request>::with<rest_answer>,
    // Answers rest::ReferenceAnswer with the difference when the amended set is where it goes to. Faults:
    // those of the way into force (`accept_request`, `campaign_order`) and of appraisal/extraction/amendment.hpp;
    // conflict: the machine has another list of findings, or the entries do not lead to `set` any more;
    // not_found: the group has no set.
    caf::replies_to<amend_request>::with<rest_answer>,
    // Puts a set on record, but not into force. Answers rest::ReferenceAnswer without a group when the set is
    // durable. fault malformed, denied: not a set, or not in canonical form; mismatch: not the set that the
    // digest names.
    caf::replies_to<import_request>::with<rest_answer>,
    // The record of a set, by its digest. fault not_found.
    caf::replies_to<export_atom, bytes32>::with<rest_answer>,
    // Answers rest::Trial and changes nothing.
    caf::replies_to<trial_request>::with<rest_answer>,
    // Both answer rest::Campaign when the step is durable and in force. Faults: those of campaign_steps.hpp;
    // denied: the guard refuses, or too few canaries are ready.
    caf::replies_to<campaign_request>::with<rest_answer>, caf::replies_to<campaign_order>::with<rest_answer>,
    // rest::Campaign, the newest one of the group (fault not_found); for an empty name, rest::CampaignList.
    caf::replies_to<campaign_atom, std::string>::with<rest_answer>,
    // rest::GroupList.
    caf::replies_to<list_atom>::with<rest_answer>,
    // From Config: the policies in force from now on.
    caf::reacts_to<changed_atom, policies_ptr>,
    // From itself: ends stages that are due and advances automatic campaigns.
    caf::reacts_to<tick_atom>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::accept_request)
MUSTER_LOCAL_MESSAGE(muster::service::amend_request)
MUSTER_LOCAL_MESSAGE(muster::service::import_request)
MUSTER_LOCAL_MESSAGE(muster::service::trial_request)
MUSTER_LOCAL_MESSAGE(muster::service::campaign_request)
MUSTER_LOCAL_MESSAGE(muster::service::campaign_order)
MUSTER_LOCAL_MESSAGE(muster::service::policies_ptr)
