// Inside of the RA Agent: its state, and the parts that its messages are handled in, a source each.
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

/// Whoever has the pipe, the timers and the errands: the interfaces that the agent shows, and what it tells
/// itself.
using agent_link_actor = net::pipe_owner_actor::extend_with<ra_agent_actor>::extend<
    // Itself: a timer. A number other than the last is of no use any more.
    caf::reacts_to<wake_atom, std::uint64_t>,
    // Itself: the pipe may have room for the next part of the evidence of that attestation.
    caf::reacts_to<read_atom, attestation_number>,
    // Itself: the quote of that attestation should be there by now.
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
  bool confirmed = false; ///< unregister: the service knows that it is accepted
};

/// The connection of the moment. Answers that belong to an earlier one are told apart by `number`.
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
  crypto::trust_list trust;                        ///< whom this machine takes for the service
  bytes newest_trust;                              ///< the same, signed, if it came since the start
  std::uint64_t trust_on_disk = 0;                 ///< number of the list that a restart finds
  std::uint64_t trust_asked = 0;                   ///< the Keeper was given this list and did not answer yet
  boot_time trust_tried;                           ///< when it was given one
  bool asks_lists = false;                         ///< the next connection fetches trust lists, and no more
  std::shared_ptr<const machine_identity> machine; ///< asked for at the first enrolment
  std::optional<bytes32> told_fingerprint;
  std::optional<told_clock> service_clock;

  tuning configured; ///< what counts where people set nothing
  tuning ordered;    ///< what they set, by the newest reply
  status tuned;      ///< whether that could be followed
  bytes heads;       ///< of the service's log, as they are kept
  std::optional<errand_book> book;
  std::map<command_id, errand_at_work> errands;
  std::map<command_id, attestation_number> attest_after; ///< only a later attestation serves that command
  attestation_number last_challenge;
  attestation_number last_taken;
  std::optional<sending_evidence> evidence;
  std::optional<boot_time> quoting; ///< since when RAC Tools have an order that they did not answer
  std::vector<caf::typed_response_promise<status>> renewals;
  bool renewal_asked = false;
  boot_time renew_after; ///< the service had no certificate: it is not asked before that
};

using agent_pointer = agent_link_actor::stateful_pointer<agent_state>;

std::uint64_t draw();
inline boot_time now_of(agent_pointer self) { return self->state.deps->clock->since_boot(); }
/// Instead of an answer of RAC Tools.
fault no_answer();

// link.cpp: how to get there and how to leave
void travel(agent_pointer self, leg next);
void connect(agent_pointer self);
void take_chunk(agent_pointer self, const net::pipe_data& data);
void pipe_gone(agent_pointer self, const net::pipe_closed& gone);
void send_frames(agent_pointer self, const std::vector<bytes>& frames);
/// Closes the connection; nothing of it counts any more.
void hang_up(agent_pointer self);
/// Hangs up for good, and tells `on_left` once the service has all that was sent.
void say_goodbye(agent_pointer self);
void set_timer(agent_pointer self, std::chrono::milliseconds after);

// enrolment.cpp: a stranger's channel
void identify(agent_pointer self);
void begin_enrolment(agent_pointer self);
void enrolment_frame(agent_pointer self, const frame& received);

// session.cpp: an admitted machine's channel
void begin_session(agent_pointer self);
void session_frame(agent_pointer self, const frame& received);
void session_time(agent_pointer self);
void ask_renewal(agent_pointer self);
/// Follows what is configured and what people set, which wins.
void tune(agent_pointer self);

// trust.cpp: whom to take for the service
/// What came, if it proves itself; ends a connection whose server the new list does not take.
void take_trust(agent_pointer self, const std::vector<bytes>& lists);
/// The list in force goes to the disk, if it is not there and the disk was not asked a minute ago: until it
/// is, a restart brings back whom it took out.
void keep_trust_again(agent_pointer self);
/// No server is taken: the next connection asks this one for newer lists. False: it just did.
bool ask_lists(agent_pointer self, const fault& why);
void begin_lists(agent_pointer self);
void lists_frame(agent_pointer self, const frame& received);
/// A list that is over is kept: this warns of it. `now` by the better clock.
void warn_of_trust(agent_pointer self, wall_time now);

// evidence.cpp
void begin_evidence(agent_pointer self, challenge_order order);
void send_next_part(agent_pointer self, attestation_number number);
/// The service hears that this attestation will not come, if the TPM has not answered.
void quote_overdue(agent_pointer self, attestation_number number);

// errands.cpp
void take_commands(agent_pointer self, const std::vector<command>& commands);
void take_delivered(agent_pointer self, const std::vector<command_id>& ids);
void take_taken(agent_pointer self, attestation_number number);
void take_report(agent_pointer self, const errand_report& report);
void errand_died(agent_pointer self, const caf::down_msg& down);
std::vector<errand_report> reports_to_send(const agent_state& state);

} // namespace muster::node
