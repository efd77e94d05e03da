// The RA Agent actor.
#pragma once

#include "actors/node/keeper.hpp"
#include "actors/node/ra_agent.hpp"
#include "actors/node/rac_tools.hpp"
#include "actors/node/tb_provisioner.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "crypto/certificate.hpp"
#include "net/dialer.hpp"
#include "node/ra_agent/beat_client.hpp"
#include "node/ra_agent/errand_book.hpp"
#include "node/ra_agent/itinerary.hpp"
#include "node/ra_agent/node_files.hpp"

#include <functional>

namespace muster::node {

struct ra_agent_deps {
  std::vector<endpoint> addresses; ///< at least one
  std::string service_name;
  std::vector<crypto::certificate> anchors; ///< at least one
  bytes token;                              ///< join token: empty, or 32 bytes
  crypto::private_key key;
  tuning configured; ///< its beat is not used: the service sets that
  reconnect_times times;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  net::dialer_actor dialer;
  net::pipe_broker_actor broker;
  rac_tools_actor tools;
  tb_provisioner_actor provisioner;
  keeper_actor keeper;
  /// Called once the service has unregistered this machine and that is on disk: the program then ends. Called
  /// once, from a thread of the actor system.
  std::function<void()> on_left;
};

/// What the previous process left.
struct ra_agent_start {
  std::optional<issued_identity> issued;
  errand_book book;
  bytes log_heads;
  std::optional<crypto::trust_list> trust; ///< the list that replaced the configured anchors
};

/// Connects at once.
ra_agent_actor spawn_ra_agent(caf::actor_system& system, ra_agent_deps deps, ra_agent_start start);

} // namespace muster::node
