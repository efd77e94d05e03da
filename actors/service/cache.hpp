// CACHE: the read side. It answers with what is stored, and never waits for a write.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/trust_mgr.hpp"
#include "messages/frame.hpp"
#include "records/store_tables.hpp"

#include <caf/typed_actor.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace muster::service {

/// A flat message of schemas/rest.capnp, ready to be written as JSON.
using rest_answer = result<frame>;
using resolved_node = result<node_id>;

/// The nodes to list.
struct node_query {
  std::string after; ///< node id, hex: list the nodes after it; empty: from the first
  std::uint32_t limit = 100;
  std::string group; ///< empty: all
  std::string shown; ///< the word of a `display`; empty: all
};

/// The part of the log to list.
struct log_query {
  enum class kind : std::uint8_t { entries, heads };
  kind what = kind::entries;
  std::optional<std::uint64_t> after; ///< a leaf or a size: list what follows it; empty: from the first
  std::uint32_t limit = 100;
};

struct node_presence {
  node_id node;
  bool connected = false;
};

struct missing_verdict {
  node_id node;
  std::string why; ///< empty: it has a new verdict, or the node is gone
};

using cache_actor = caf::typed_actor<
    // rest::NodeList
    caf::replies_to<node_query>::with<rest_answer>,
    // rest::NodeDetail of a node. fault not_found
    caf::replies_to<show_atom, node_id>::with<rest_answer>,
    // The node that a person means: an id, at least 8 digits of one, or a name, tried in this order. fault
    // not_found; conflict: more than one node matches.
    caf::replies_to<resolve_atom, std::string>::with<resolved_node>,
    // rest::LogPage or rest::LogHeads
    caf::replies_to<log_query>::with<rest_answer>,
    // rest::LogStatus
    caf::replies_to<log_atom>::with<rest_answer>,
    // The log index of the last entry at or before this sequence number. fault not_found: there is none.
    caf::replies_to<log_atom, sequence>::with<result<log_number>>,
    // From TrustMgr: a session began or ended.
    caf::reacts_to<node_presence>,
    // From TrustMgr: why a node has no new verdict, or that it has one.
    caf::reacts_to<missing_verdict>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::node_query)
MUSTER_LOCAL_MESSAGE(muster::service::node_presence)
MUSTER_LOCAL_MESSAGE(muster::service::missing_verdict)
MUSTER_LOCAL_MESSAGE(muster::service::log_query)
MUSTER_LOCAL_MESSAGE(muster::service::rest_answer)
MUSTER_LOCAL_MESSAGE(muster::service::resolved_node)
MUSTER_LOCAL_MESSAGE(muster::sequence)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::log_number>)
