// The Session actor: the shell around the channel, the protocol and the running attestation.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/privacy_ca.hpp"
#include "actors/service/record_log.hpp"
#include "actors/service/trust_board.hpp"
#include "actors/service/trust_mgr.hpp"
#include "actors/service/verifier.hpp"
#include "net/channel.hpp"
#include "net/pipe_handle.hpp"
#include "protocol/agent_protocol.hpp"
#include "protocol/enrolment_protocol.hpp"
#include "records/log_board.hpp"
#include "service/client_api/shared_pot.hpp"
#include "service/client_api/shared_seats.hpp"

#include <caf/stateful_actor.hpp>

#include <atomic>

namespace muster::service {

/// Settings that SIGHUP may change. A session reads those in force with each frame.
struct session_settings {
  agent_protocol_settings agent;
  std::chrono::milliseconds pending_retry{60'000};
};

/// What every session shares; immutable except for the settings in force.
struct session_deps {
  net::channel_acceptor accept;
  privacy_ca_actor privacy_ca;
  trust_mgr_actor trust;
  std::vector<verifier_actor> verifiers;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::shared_ptr<const std::atomic<std::shared_ptr<const session_settings>>> settings;
  record_log_actor record_log;
  log_board_ptr board; ///< never null
  std::shared_ptr<shared_pot> pot;
  std::shared_ptr<shared_seats> seats;
  trust_board_ptr trust_lists; ///< never null
};

using session_deps_ptr = std::shared_ptr<const session_deps>;

struct session_state {
  session_deps_ptr deps;
  net::pipe_handle pipe;
  net::peer_origin origin;
  std::unique_ptr<net::channel> channel;
  std::variant<std::monostate, enrolment_protocol, agent_protocol> protocol;
  node_id node;
  std::size_t owed = 0; ///< received bytes whose credit was not given back yet
  bool closing = false;
  std::chrono::milliseconds patience{0}; ///< the silence that the pipe's carrier was last asked to allow
  held_seat seat;                        ///< among those of its node, or of strangers
  pot_share room;                        ///< for the evidence that the session holds
  bool gone = false;                     ///< the peer is gone; its last evidence may be with the Verifier
};

session_actor::behavior_type session(session_actor::stateful_pointer<session_state> self,
                                     session_deps_ptr deps, net::pipe_opened opened);

} // namespace muster::service
