// The actor that carries requests from the HTTP thread to the other actors, and their answers back.
#pragma once

#include "actors/service/exporter.hpp"
#include "actors/service/rotation.hpp"
#include "service/rest_api/reply.hpp"
#include "service/rest_api/request.hpp"
#include "service/rest_api/rest_server.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>

namespace muster::service::rest_api {

using ask_atom = caf::atom_constant<caf::atom("ask")>;

/// One request under way. Dropping it answers it (see `answer_port`).
struct waiting_call {
  rest_request request;
  std::string by; ///< who asks, for the record: "uid=0 pid=123"
  std::shared_ptr<answer_port> port;
};
using call_ptr = std::shared_ptr<const waiting_call>;

using bridge_actor = caf::typed_actor<
    // From the HTTP thread: find the answer and give it to the call's port.
    caf::reacts_to<ask_atom, call_ptr>,
    // From rest_server: stop. The calls that still wait are dropped, and so answered.
    caf::reacts_to<stop_atom>>;

struct bridge_deps {
  cache_actor cache;
  trust_mgr_actor trust;
  references_actor references;
  survey_actor survey;
  record_log_actor record_log;
  exporter_actor exporter;
  rotation_actor rotation;
  runtime::log log;
  std::function<status()> storing{}; ///< a further condition of `/readyz`; may be empty
  std::chrono::milliseconds change = rest_limits{}.change;
};

/// Its requests have finite timeouts: 5 s to read, `change` for a change and for a set's record, 120 s to
/// export evidence, 10 minutes for References and Survey, which may look at every machine of a group. A
/// command has no timeout here: it has a deadline of its own, by which TrustMgr answers. A change without an
/// answer in time may still be made, and is never reported as failed.
bridge_actor::behavior_type bridge(bridge_actor::pointer self, bridge_deps deps);

} // namespace muster::service::rest_api

MUSTER_LOCAL_MESSAGE(muster::service::rest_api::call_ptr)
