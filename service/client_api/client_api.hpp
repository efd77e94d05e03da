// The ClientAPI actor.
#pragma once

#include "actors/service/client_api.hpp"
#include "net/pipe_broker.hpp"
#include "service/client_api/session.hpp"

#include <caf/stateful_actor.hpp>

#include <functional>
#include <unordered_map>

namespace muster::service {

struct client_api_deps {
  session_deps_ptr sessions;
  std::vector<net::shared_listener> listeners;
  net::pipe_limits limits;
  runtime::log log;
  /// Called at the start and once a minute, since the certificate that agents see expires. May be empty.
  std::function<void()> each_minute{};
};

struct client_api_state {
  client_api_state() = default; // not an aggregate, else CAF would pass `self` to the first member

  net::pipe_broker_actor broker;
  std::unordered_map<caf::actor_id, session_actor> sessions;
  std::vector<caf::typed_response_promise<bool>> stop_waits;
  bool stopping = false;
};

client_api_actor::behavior_type client_api(client_api_actor::stateful_pointer<client_api_state> self,
                                           client_api_deps deps);

} // namespace muster::service
