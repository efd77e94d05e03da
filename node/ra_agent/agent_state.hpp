// Inside the RA Agent: its state, and the functions that handle its messages, one source file for each group.
#pragma once

#include "actors/node/rac_tools.hpp"
#include "net/pipe_handle.hpp"
#include "net/secure_channel.hpp"
#include "node/ra_agent/beat_client.hpp"
#include "node/ra_agent/enrolment_client.hpp"
#include "node/ra_agent/own_certificate.hpp"
#include "node/ra_agent/ra_agent.hpp"
#include "node/ra_agent/trust_client.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>

namespace muster::node {

/// What the agent's own parts may send it: messages of its pipe, its public interface, and two kinds of
/// timers.
using agent_link_actor = net::pipe_owner_actor::extend_with<ra_agent_actor>::extend<
    // To itself: a timer. Only the last number counts.
    caf::reacts_to<wake_atom, std::uint64_t>,
    // To itself: the pipe may have room for the next part of this attestation's evidence.
    caf::reacts_to<read_atom, attestation_number>,
    // To itself: the quote for this attestation should be there by now.
    caf::reacts_to<quote_atom, attestation_number>>;

/// Evidence that is on its way.
struct sending_evidence {
  attestation_number number;
  boot_time deadline; ///< of part 0
  std::uint32_t next_part = 1;
};

struct errand_at_work {
  errand_actor actor;
  command_kind kind = command_kind::attest;
  bool confirmed = false; ///< unregister: the service knows that we accepted
};

/// The current connection. An answer that belongs to an earlier connection is recognised by `number`.
struct agent_link {
  std::uint64_t number = 0;
  net::pipe_handle pipe;
  std::optional<net::secure_channel> channel;
  std::variant<std::monostate, enrolment_client, beat_client, trust_client> protocol;
  std::uint64_t submitted = 0;  ///< bytes given to the pipe since the handshake ended
  std::uint64_t out_before = 0; ///< what the broker had written by then
};

struct agent_state {
  std::optional<ra_agent_deps> deps;
  std::optional<itinerary> route;
  leg at;
  agent_link link;
  std::uint64_t timer = 0;
  bool stopping = false;
  std::optional<net::pipe_id> farewell; ///< the last pipe, until it is closed

  std::optional<own_certificate> own;
  crypto::trust_list trust;                        ///< what a service must prove itself by
  bytes newest_trust;                              ///< the signed form of `trust`, if it came since the start
  std::uint64_t trust_on_disk = 0;                 ///< number of the list that a restart finds
  std::uint64_t trust_asked = 0;                   ///< the list that the Keeper is storing now; 0: none
  boot_time trust_tried;                           ///< when the Keeper was last given one
  bool asks_lists = false;                         ///< the next connection only fetches trust lists
  std::shared_ptr<const machine_identity> machine; ///< asked for at the first enrolment
  std::optional<bytes32> reported_fingerprint;
  std::optional<heard_clock> service_clock;

  tuning configured; ///< in force where operators set nothing
  tuning ordered;    ///< what operators set, by the newest reply
  status tuned;      ///< whether `ordered` could be followed
  bytes heads;       ///< of the service's log, as they are kept
  std::optional<errand_book> book;
  std::map<command_id, errand_at_work> errands;
  std::map<command_id, attestation_number> attest_after; ///< that command is done by a later attestation only
  attestation_number last_challenge;
  attestation_number last_taken;
  std::optional<sending_evidence> evidence;
  std::optional<boot_time> quoting; ///< since when RAC Tools have had an order without answering it
  std::vector<caf::typed_response_promise<status>> renewals;
  bool renewal_asked = false;
  boot_time renew_after; ///< the service had no certificate for us: not asked before that
};

using agent_pointer = agent_link_actor::stateful_pointer<agent_state>;

std::uint64_t draw();
inline boot_time now_of(agent_pointer self) { return self->state.deps->clock->since_boot(); }
/// The fault that stands in for an answer of RAC Tools.
fault no_answer();

// link.cpp: connecting and leaving
void travel(agent_pointer self, leg next);
void connect(agent_pointer self);
void take_chunk(agent_pointer self, const net::pipe_data& data);
void pipe_gone(agent_pointer self, const net::pipe_closed& gone);
void send_frames(agent_pointer self, const std::vector<bytes>& frames);
/// Closes the connection; no answer that belongs to it counts any more.
void hang_up(agent_pointer self);
/// Hangs up for good, and calls `on_left` once all that was sent has left.
void say_goodbye(agent_pointer self);
void set_timer(agent_pointer self, std::chrono::milliseconds after);

// enrolment.cpp: the channel of a stranger
void identify(agent_pointer self);
void begin_enrolment(agent_pointer self);
void enrolment_frame(agent_pointer self, const frame& received);

// session.cpp: the channel of an admitted machine
void begin_session(agent_pointer self);
void session_frame(agent_pointer self, const frame& received);
void session_time(agent_pointer self);
void ask_renewal(agent_pointer self);
/// Applies the configured settings, and what operators set on top of them.
void tune(agent_pointer self);

// trust.cpp: which services to trust
/// Follows each list that proves itself. Ends the connection if the new list does not take its server.
void take_trust(agent_pointer self, const std::vector<bytes>& lists);
/// Offers the list in force to the disk again, if it is not there and the last try was a minute ago or more.
/// Until it is stored, a restart would trust again those whom the list removed.
void keep_trust_again(agent_pointer self);
/// The server is not trusted: the next connection asks it for newer lists. False: this connection just did
/// that.
bool ask_lists(agent_pointer self, const fault& why);
void begin_lists(agent_pointer self);
void lists_frame(agent_pointer self, const frame& received);
/// Warns of an expired list, which stays in force. `now` comes from the better clock.
void warn_of_trust(agent_pointer self, wall_time now);

// evidence.cpp
void begin_evidence(agent_pointer self, challenge_order order);
void send_next_part(agent_pointer self, attestation_number number);
/// Tells the service that this attestation will not come, if the TPM has not answered yet.
void quote_overdue(agent_pointer self, attestation_number number);

// errands.cpp
void take_commands(agent_pointer self, const std::vector<command>& commands);
void take_delivered(agent_pointer self, const std::vector<command_id>& ids);
void on_evidence_taken(agent_pointer self, attestation_number number);
void take_report(agent_pointer self, const errand_report& report);
void errand_died(agent_pointer self, const caf::down_msg& down);
std::vector<errand_report> reports_to_send(const agent_state& state);

} // namespace muster::node
