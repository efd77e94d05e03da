// The actor that carries requests of the HTTP thread to the other actors, and their answers back.
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

/// One request under way. Whoever drops it answers it (see `answer_port`).
struct waiting_call {
  rest_request request;
  std::string by; ///< who asks, for the record: "uid=0 pid=123"
  std::shared_ptr<answer_port> port;
};
using call_ptr = std::shared_ptr<const waiting_call>;

using bridge_actor = caf::typed_actor<
    // The HTTP thread: find the answer and give it to the call's port.
    caf::reacts_to<ask_atom, call_ptr>,
    // rest_server: no more; what waits is settled.
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
  std::function<status()> storing{}; ///< whether what is decided becomes durable; empty: nobody asks
  std::chrono::milliseconds change = rest_limits{}.change;
};

/// Every request that it sends has a finite timeout: 5 s to read, `change` to change, 120 s to export, 10
/// minutes to look at every machine of a group, and for an attestation what was asked for and 15 s more. A
/// change that has no answer by then may still land, and is never said to have failed.
bridge_actor::behavior_type bridge(bridge_actor::pointer self, bridge_deps deps);

} // namespace muster::service::rest_api

MUSTER_LOCAL_MESSAGE(muster::service::rest_api::call_ptr)
