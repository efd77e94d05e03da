// CACHE: the read side. What it answers is what is stored, never by waiting for a write.
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

/// Which nodes are wanted.
struct node_query {
  std::string after; ///< node id, hex: those behind it; empty: from the first
  std::uint32_t limit = 100;
  std::string group; ///< empty: all
  std::string shown; ///< as people see it; empty: all
};

/// Which part of the log is wanted.
struct log_query {
  enum class kind : std::uint8_t { entries, heads };
  kind what = kind::entries;
  std::optional<std::uint64_t> after; ///< leaf or size: those behind it; empty: from the first
  std::uint32_t limit = 100;
};

using cache_actor = caf::typed_actor<
    // rest::NodeList
    caf::replies_to<list_atom, node_query>::with<rest_answer>,
    // rest::NodeDetail of a node. fault not_found
    caf::replies_to<show_atom, node_id>::with<rest_answer>,
    // The node that a person means: an id, at least 8 digits of one, or a name, in this order. fault
    // not_found; conflict: more than one.
    caf::replies_to<resolve_atom, std::string>::with<resolved_node>,
    // rest::LogPage or rest::LogHeads
    caf::replies_to<log_atom, log_query>::with<rest_answer>,
    // rest::LogStatus
    caf::replies_to<log_atom>::with<rest_answer>,
    // The log index of the last entry at or before this sequence number. fault not_found: there is none.
    caf::replies_to<log_atom, sequence>::with<result<log_number>>,
    // TrustMgr: a session came or went.
    caf::reacts_to<presence_atom, node_id, bool>,
    // TrustMgr: why there is no new verdict of a node; empty: there is, or the node is gone.
    caf::reacts_to<unable_atom, node_id, std::string>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::node_query)
MUSTER_LOCAL_MESSAGE(muster::service::log_query)
MUSTER_LOCAL_MESSAGE(muster::service::rest_answer)
MUSTER_LOCAL_MESSAGE(muster::service::resolved_node)
MUSTER_LOCAL_MESSAGE(muster::sequence)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::log_number>)
