#include "service/client_api/session.hpp"

#include "actors/runtime/guard.hpp"
#include "standing/waiting.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

using session_pointer = session_actor::stateful_pointer<session_state>;

/// Bytes of evidence that may wait for the Verifier before the agent has to wait: two parts of usual size.
constexpr std::size_t max_backlog = 512 * 1024;

/// How long a session waits for room before the costliest attestation has to give up its room.
constexpr std::chrono::seconds room_patience{10};

fault no_answer() { return {errc::busy, "a part of the service failed; try again later"}; }

void flush(session_pointer self) { self->state.pipe.send(self->state.channel->take_output()); }

void close(session_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.closing, true)) return;
  state.channel->close();
  flush(self);
  state.pipe.close();
}

/// Takes room for what this session's attestation holds, or gives it back. False: there is no room now.
bool cover(session_pointer self, agent_protocol& agent) {
  auto& state = self->state;
  const auto wanted = evidence_room_factor * agent.held();
  if (wanted == 0) {
    state.room.give_back();
    return true;
  }
  const bool waited = state.room.waits();
  if (state.room.cover(self, wanted)) return true;
  if (!waited) {
    agent.on_wait(state.deps->clock->since_boot());
    self->delayed_send(self, room_patience, pot_atom::value);
  }
  return false;
}

/// Gives back the credit for the bytes that arrived. While the Verifier lags, or there is no room for more,
/// the credit waits.
void give_credit(session_pointer self) {
  auto& state = self->state;
  auto* agent = std::get_if<agent_protocol>(&state.protocol);
  const bool room = agent == nullptr || cover(self, *agent);
  if (state.closing || !room || (agent != nullptr && agent->backlog() > max_backlog)) return;
  state.pipe.consumed(std::exchange(state.owed, 0));
}

void send_frames(session_pointer self, const std::vector<bytes>& frames) {
  for (const auto& one : frames)
    if (const auto sent = self->state.channel->send(one); !sent) {
      self->state.deps->log.error("session.send",
                                  {runtime::fault_code(sent.fault()), runtime::fault_check(sent.fault())});
      return close(self);
    }
  if (!frames.empty()) flush(self);
}

void carry_out(session_pointer self, enrolment_effects effects);
void carry_out(session_pointer self, agent_effects effects);

/// Asks `whom` and passes the answer to a method of the protocol, or a fault if there was none. There is no
/// deadline: an actor of this process answers or dies, CAF answers for a dead one, and no peer can hold an
/// answer back. Timers for these and for the Store's answer took a sixth of the CPU of an attestation.
template <class Protocol, class Answer, class Handle, class Then, class... Question>
void ask(session_pointer self, const Handle& whom, Then then, Question&&... question) {
  self->request(whom, caf::infinite, std::forward<Question>(question)...)
      .then(
          [self, then](Answer& answer) {
            if (auto* protocol = std::get_if<Protocol>(&self->state.protocol))
              carry_out(self, then(*protocol, std::move(answer)));
          },
          [self, then](const caf::error&) {
            if (auto* protocol = std::get_if<Protocol>(&self->state.protocol))
              carry_out(self, then(*protocol, Answer{no_answer()}));
          });
}

// The questions of a protocol, one overload each: a question without one does not compile.

void perform(session_pointer, std::monostate) {}

void perform(session_pointer self, enrolment_effects::ask_begin& begin) {
  ask<enrolment_protocol, begun_enrolment>(
      self, self->state.deps->privacy_ca,
      [clock = self->state.deps->clock](auto& p, auto answer) {
        return p.on_begun(std::move(answer), clock->since_boot());
      },
      begin_atom::value, begin.request);
}

void perform(session_pointer self, enrolment_effects::ask_prove& prove) {
  ask<enrolment_protocol, proven_enrolment>(
      self, self->state.deps->privacy_ca, [](auto& p, auto answer) { return p.on_proven(std::move(answer)); },
      prove_atom::value, prove.pending, std::move(prove.channel), std::move(prove.proof));
}

void perform(session_pointer self, enrolment_effects::ask_admit& admit) {
  ask<enrolment_protocol, admission_reply>(
      self, self->state.deps->trust,
      [](auto& p, auto answer) {
        if (!answer) return p.on_refused(answer.fault());
        if (answer->rationed) return p.on_refused(answer->rationed->why, answer->rationed->retry_after);
        return answer->admitted ? p.on_admitted(answer->generation)
                                : p.on_pending(answer->fingerprint, answer->join_refused);
      },
      admit.machine);
}

void perform(session_pointer self, enrolment_effects::ask_issue& issue) {
  ask<enrolment_protocol, issued>(
      self, self->state.deps->privacy_ca, [](auto& p, auto answer) { return p.on_issued(answer); },
      certificate_request{issue.machine.id, std::move(issue.machine.node_spki),
                          std::move(issue.machine.ak_public), issue.generation});
}

void carry_out(session_pointer self, enrolment_effects effects) {
  const auto& deps = *self->state.deps;
  if (effects.ahead != 0)
    deps.log.of_peer(
        runtime::log_level::warning, "trust_list.newer_claimed", source_of(self->state.origin.text()),
        {{"peer", self->state.origin.text()},
         {"list", effects.ahead},
         {"what", "a machine that has not proven its identity claims to have this trust list, which is newer "
                  "than the service's. If an older state of the service was restored, machines do not accept "
                  "the service: look into a machine's raagent log for the number of its list "
                  "(agent.untrusted), then run `ras ca export-request --above` with that number"}});
  send_frames(self, effects.send);
  std::visit([self](auto& question) { perform(self, question); }, effects.ask);
  if (effects.wake) self->delayed_send(self, *effects.wake, tick_atom::value);
  if (effects.close) close(self);
}

void attach(session_pointer self, const boot_id& boot) {
  const auto& state = self->state;
  const auto& peer = state.channel->peer();
  ask<agent_protocol, attach_reply>(
      self, state.deps->trust, [](auto& p, auto answer) { return p.on_attached(std::move(answer)); },
      attach_request{state.node, shown_certificate{peer.spki, peer.serial, peer.not_after}, boot,
                     session_actor{self}});
}

/// Has the log heads that the machine kept checked before it attaches: a service that lost records must know
/// this before it attaches a machine to them.
void perform(session_pointer self, const agent_effects::ask_attach& wanted) {
  const auto& state = self->state;
  if (wanted.log_heads.empty()) return attach(self, wanted.boot);
  self->request(state.deps->record_log, caf::infinite, witness_atom::value, state.node, wanted.log_heads)
      .then(
          [self, boot = wanted.boot](bool) {
            if (!self->state.closing) attach(self, boot);
          },
          [self](const caf::error&) {
            if (auto* agent = std::get_if<agent_protocol>(&self->state.protocol))
              carry_out(self, agent->on_attached(no_answer()));
          });
}

void perform(session_pointer self, agent_effects::ask_step& step) {
  const auto& verifiers = self->state.deps->verifiers;
  const auto& whom = verifiers[std::hash<node_id>{}(self->state.node) % verifiers.size()];
  ask<agent_protocol, result<evidence_step>>(
      self, whom,
      [number = step.number](auto& p, auto answer) { return p.on_step(number, std::move(answer)); },
      std::move(step.evidence));
}

void perform(session_pointer self, agent_effects::ask_decide& decide) {
  const auto number = decide.request.number;
  ask<agent_protocol, decision_reply>(
      self, self->state.deps->trust,
      [number](auto& p, auto answer) { return p.on_decided(number, std::move(answer)); },
      std::move(decide.request));
}

void perform(session_pointer self, const agent_effects::ask_renew&) {
  const auto& state = self->state;
  ask<agent_protocol, issued>(
      self, state.deps->privacy_ca, [](auto& p, auto answer) { return p.on_renewed(answer); },
      certificate_request{state.node, state.channel->peer().spki, {}, {}});
}

/// Notes which list an enrolled machine says it has: once in a session, and whenever that changes.
void hear_trust(const session_state& state, std::uint64_t number) {
  const auto& deps = *state.deps;
  deps.trust_lists->heard(state.node, number);
  if (number <= newest_of(*deps.trust_lists->now())) return;
  deps.log.of_peer(runtime::log_level::warning, "trust_list.newer_claimed", to_string(state.node),
                   {{"node", to_string(state.node)},
                    {"list", number},
                    {"what", "a machine claims to have this trust list, which is newer than the service's; "
                             "if an older state of the service was restored, `muster ca status` shows how "
                             "many machines claim which list, and what to do"}});
}

void carry_out(session_pointer self, agent_effects effects) {
  auto& state = self->state;
  if (!effects.note.empty())
    state.deps->log.of_peer(runtime::log_level::info, "session.note", to_string(state.node),
                            {{"node", to_string(state.node)}, {"what", effects.note}});
  send_frames(self, effects.send);
  for (auto& one : effects.asks)
    std::visit([self](auto& question) { perform(self, question); }, one);
  if (effects.trust) hear_trust(state, *effects.trust);
  const auto* agent = std::get_if<agent_protocol>(&state.protocol);
  for (auto& report : effects.reports)
    if (agent != nullptr)
      self->send(state.deps->trust, command_report{state.node, agent->epoch(), std::move(report)});
  if (effects.unable && agent != nullptr)
    self->send(state.deps->trust, missing_evidence{state.node, agent->epoch(), *effects.unable});
  if (effects.two_hosts && agent != nullptr)
    self->send(state.deps->trust, second_host{state.node, agent->of_generation()});
  if (effects.close) close(self);
  if (agent != nullptr && agent->attached()) state.seat.keep();
  if (agent != nullptr && agent->attached() && state.patience != agent->patience())
    state.pipe.allow_silence(state.patience = agent->patience());
  if (state.gone && agent != nullptr && agent->quiet()) return self->quit();
  give_credit(self);
}

fault end_fault(session_end why) {
  switch (why) {
  case session_end::stopping: return {errc::busy, "the service is stopping; try again later"};
  case session_end::superseded: return {errc::conflict, "a newer session of this machine took over"};
  case session_end::revoked: return {errc::denied, "this machine was revoked"};
  case session_end::forgotten: return {errc::not_found, "this machine was forgotten; enrol again"};
  case session_end::new_generation:
    return {errc::not_found, "this certificate is of an older generation; enrol again"};
  case session_end::crowded:
    return {errc::busy, "too many sessions of this machine or its address are open; try again later"};
  }
  return {errc::internal, "session end"};
}

void tick(session_pointer self);

/// The handshake is complete, so the channel says who the peer is.
void open(session_pointer self) {
  auto& state = self->state;
  const auto& peer = state.channel->peer();
  const auto settings = state.deps->settings->load();
  state.pipe.ready();
  if (peer.protocol == net::tls_protocol::enrol) {
    enrolment_channel channel{peer.spki, state.channel->own_spki(), state.channel->exporter(),
                              state.origin.text()};
    state.protocol.emplace<enrolment_protocol>(std::move(channel), settings->pending_retry,
                                               settings->agent.max_frame, state.deps->trust_lists->now(),
                                               state.deps->clock->wall());
    state.deps->seats->take(state.origin.share(), session_actor{self});
    state.seat = held_seat{state.deps->seats, self->id()};
    return tick(self);
  }
  const auto id = node_id_from(peer.id);
  if (!id || peer.role != net::peer_role::node) return close(self);
  state.node = *id;
  auto& agent =
      state.protocol.emplace<agent_protocol>(*id, peer.spki, state.channel->exporter(), settings->agent);
  if (!state.deps->seats->take(*id, session_actor{self}))
    return carry_out(self, agent.on_end(end_fault(session_end::crowded)));
  state.seat = held_seat{state.deps->seats, *id, self->id()};
  tick(self);
}

void take_frames(session_pointer self, std::vector<bytes> payloads) {
  auto& state = self->state;
  std::vector<frame> received;
  received.reserve(payloads.size());
  for (auto& one : payloads)
    received.push_back(frame::adopt(std::move(one)));
  if (std::holds_alternative<enrolment_protocol>(state.protocol))
    for (const auto& one : received)
      if (auto* stranger = std::get_if<enrolment_protocol>(&state.protocol); stranger && !state.closing)
        carry_out(self, stranger->on_frame(one, state.deps->clock->since_boot()));
  if (auto* agent = std::get_if<agent_protocol>(&state.protocol)) {
    agent->change(state.deps->settings->load()->agent); // a reload may have changed the intervals
    agent->on_log_state(state.deps->board->now());
    agent->on_trust(state.deps->trust_lists->now());
    carry_out(self, agent->on_frames(received, state.deps->clock->since_boot()));
  }
}

void take_chunk(session_pointer self, const bytes& chunk) {
  auto& state = self->state;
  if (state.closing) return;
  auto arrived = state.channel->feed(chunk);
  flush(self);
  state.owed += chunk.size();
  if (!arrived) {
    state.deps->log.of_peer(runtime::log_level::info, "session.cut", source_of(state.origin.text()),
                            {{"peer", state.origin.text()}, runtime::fault_check(arrived.fault())});
    return close(self);
  }
  if (arrived->opened) open(self);
  if (!arrived->frames.empty() && !state.closing) take_frames(self, std::move(arrived->frames));
  if (arrived->closed) return close(self);
  give_credit(self);
}

void gone(session_pointer self) {
  auto& state = self->state;
  state.closing = true;
  state.gone = true;
  auto* agent = std::get_if<agent_protocol>(&state.protocol);
  if (agent == nullptr) return self->quit();
  // Detach even if the protocol has ended already: until then the node is shown as connected.
  if (agent->epoch().value != 0) self->send(state.deps->trust, detached_session{state.node, agent->epoch()});
  carry_out(self, agent->on_gone());
}

void end(session_pointer self, session_end why) {
  auto& protocol = self->state.protocol;
  if (auto* agent = std::get_if<agent_protocol>(&protocol)) {
    if (why != session_end::superseded) return carry_out(self, agent->on_end(end_fault(why)));
    carry_out(self, agent->on_superseded());
    if (self->state.closing) return;
    self->delayed_send(self, agent->patience(), end_atom::value, why);
    return;
  }
  if (auto* stranger = std::get_if<enrolment_protocol>(&protocol))
    return carry_out(self, stranger->on_refused(end_fault(why)));
  close(self);
}

/// The pot's message: either there is room now, or this session has to give up what it holds.
void take_room(session_pointer self, bool room) {
  auto& state = self->state;
  auto* agent = std::get_if<agent_protocol>(&state.protocol);
  if (agent == nullptr) return;
  const auto now = state.deps->clock->since_boot();
  if (!room) return carry_out(self, agent->on_no_room());
  if (!state.room.waits()) return; // it left the line meanwhile
  state.room.found();
  agent->on_room(now);
  give_credit(self);
}

void tick(session_pointer self) {
  if (self->state.closing) return;
  if (auto* stranger = std::get_if<enrolment_protocol>(&self->state.protocol))
    return carry_out(self, stranger->on_tick(self->state.deps->clock->since_boot()));
  auto* agent = std::get_if<agent_protocol>(&self->state.protocol);
  if (!agent) return;
  carry_out(self, agent->on_tick(self->state.deps->clock->since_boot()));
  self->delayed_send(self, self->state.deps->settings->load()->agent.log_deadline, tick_atom::value);
}

} // namespace

session_actor::behavior_type session(session_pointer self, session_deps_ptr deps, net::pipe_opened opened) {
  auto& state = self->state;
  state.deps = std::move(deps);
  state.room = pot_share{state.deps->pot, self->id()};
  state.pipe = net::pipe_handle{opened};
  state.origin = std::move(opened.origin);
  state.channel = state.deps->accept();
  runtime::guard(*self, state.deps->log, "session");
  return {
      [self](const net::pipe_data& data) { take_chunk(self, *data.chunk); },
      [self](const net::pipe_closed&) { gone(self); },
      [self](const due_commands& commands) {
        if (auto* agent = std::get_if<agent_protocol>(&self->state.protocol)) agent->on_due(*commands);
      },
      [self](context_atom, const std::string& group, const context_ptr& context) {
        if (auto* agent = std::get_if<agent_protocol>(&self->state.protocol))
          agent->on_context(group, context);
      },
      [self](const tuning& set) {
        if (auto* agent = std::get_if<agent_protocol>(&self->state.protocol)) agent->on_tuning(set);
      },
      [self](end_atom, session_end why) { end(self, why); },
      [self](pot_atom, bool room) { take_room(self, room); },
      [self](pot_atom) {
        if (!self->state.room.waits()) return;
        self->state.room.insist();
        self->delayed_send(self, room_patience, pot_atom::value);
      },
      [self](tick_atom) { tick(self); },
  };
}

} // namespace muster::service
