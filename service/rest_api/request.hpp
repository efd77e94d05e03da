// The requests of REST, after parsing.
#pragma once

#include "actors/service/cache.hpp"
#include "actors/service/references.hpp"
#include "messages/frame.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "records/log_alarm.hpp"
#include "standing/attestation.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace muster::service::rest_api {

/// In all requests, `node` is what a person wrote: an id, at least 8 digits of one, or a name. Cache
/// resolves it.
struct list_nodes {
  node_query query;
};
struct show_node {
  std::string node;
};
struct order_node {
  std::string node;
  command_kind kind;
  std::chrono::milliseconds within;
  tuning_order how{}; ///< for `reconfigure`
};
struct approve_node {
  std::string node;
  bytes fingerprint; ///< 32 bytes
  std::string group;
  std::string name;
};
struct name_node {
  std::string node;
  std::string name; ///< empty: takes the name away
};
struct acknowledge_node {
  std::string node;
};
struct group_node {
  std::string node;
  std::string group;
};
struct revoke_node {
  std::string node;
  std::string reason; ///< may be empty
};
struct forget_node {
  std::string node;
};
struct accept_reference {
  std::string group;
  std::string from; ///< node; empty: `set` alone counts
  service::guard guard = service::guard::holds;
  std::optional<bytes32> set = std::nullopt;
};
struct amend_reference {
  amend_request wanted; ///< without `from` and `by`
  std::string from;     ///< node; empty: a file is named instead
};
/// Puts a set that was made elsewhere on record, but not into force.
struct import_set {
  bytes32 digest{};
  frame record;
};
struct export_set {
  bytes32 digest{};
};
/// What would change under a set on record, or under the state of a node.
struct try_reference {
  std::string group;
  std::optional<bytes32> set;
  std::string from;
};
struct try_policy {
  std::string group;
  std::shared_ptr<const appraisal::policy> policy;
};
struct list_incidents {
  std::string group; ///< empty: the whole fleet
};
struct list_groups {};
struct list_campaigns {};
struct show_campaign {
  std::string group;
};
struct start_campaign {
  campaign_request plan;             ///< without its canaries
  std::vector<std::string> canaries; ///< as a person wrote them
};
struct move_campaign {
  campaign_order order;
};
/// The log of records, or its signed heads.
struct list_log {
  log_query query;
};
/// The newest head, and what contradicts the log.
struct show_log {};
struct acknowledge_head {
  head_name head;
};
struct export_evidence {
  std::string node;
  std::optional<attestation_number> number; ///< empty: the newest attestation that verified
};
/// The trust list in force, and who has it.
struct show_trust {};
/// Puts the next trust list into force.
struct rotate_trust {
  std::string text; ///< the output of `ras ca sign`
};
struct make_join_token {
  join_token_order wanted; ///< without `by`
};
struct list_join_tokens {};
struct revoke_join_token {
  std::string id;
};
/// Whether the process runs at all. Answered without asking another actor.
struct ask_live {};
/// Whether the service can do its work: `rest_deps::storing` holds, the store answers, nothing is rolled
/// back.
struct ask_ready {};

using rest_request =
    std::variant<list_nodes, show_node, order_node, approve_node, name_node, acknowledge_node, revoke_node,
                 forget_node, accept_reference, try_reference, try_policy, list_incidents, list_campaigns,
                 show_campaign, start_campaign, move_campaign, ask_live, ask_ready, list_log, show_log,
                 acknowledge_head, export_evidence, import_set, export_set, list_groups, group_node,
                 show_trust, rotate_trust, amend_reference, make_join_token, list_join_tokens,
                 revoke_join_token>;

/// The request's name for the log: "attest", "list".
std::string_view verb_of(const rest_request& request) noexcept;

} // namespace muster::service::rest_api
