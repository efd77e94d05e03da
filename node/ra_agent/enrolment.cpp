// The RA Agent as a stranger: proves which machine it is, and waits for admission.
#include "node/ra_agent/agent_state.hpp"
#include "node/ra_agent/join_token_file.hpp"

namespace muster::node {

namespace {

constexpr std::chrono::minutes inspect_timeout{6};
constexpr std::chrono::minutes identify_timeout{10}; // a hardware TPM makes an RSA key
constexpr std::chrono::minutes prove_timeout{10};
constexpr std::chrono::seconds answer_deadline{70}; // a challenge dies after 60 s

void carry_out(agent_pointer self, enrolment_effects effects);

void no_identity(agent_pointer self, const fault& why) {
  self->state.deps->log.error("agent.identity", {runtime::fault_code(why), runtime::fault_check(why)});
  travel(self, self->state.route->after_failure(draw()));
}

void take_identity(agent_pointer self, const result<machine_identity>& found) {
  if (!found) return no_identity(self, found.fault());
  for (const auto& note : found->notes)
    self->state.deps->log.warning("agent.identity", {{"note", note}});
  self->state.machine = std::make_shared<const machine_identity>(*found);
  connect(self);
}

void ask_identity(agent_pointer self, const measured_boot& boot) {
  self->request(self->state.deps->tools, identify_timeout, boot)
      .then([self](const result<machine_identity>& found) { take_identity(self, found); },
            [self](const caf::error&) { no_identity(self, no_answer()); });
}

void ask_proof(agent_pointer self, enrolment_question question) {
  const auto take = [self, number = self->state.link.number](result<enrolment_answer> answer) {
    if (number != self->state.link.number) return;
    if (auto* client = std::get_if<enrolment_client>(&self->state.link.protocol))
      carry_out(self, client->on_answer(std::move(answer)));
  };
  set_timer(self, prove_timeout);
  self->request(self->state.deps->tools, prove_timeout, std::move(question))
      .then([take](const result<enrolment_answer>& answer) { take(answer); },
            [take](const caf::error&) { take(no_answer()); });
}

void wait_for_people(agent_pointer self, const enrolment_effects::pending& pending) {
  auto& state = self->state;
  if (state.reported_fingerprint != pending.fingerprint) {
    state.reported_fingerprint = pending.fingerprint;
    state.deps->log.warning("agent.pending", {{"fingerprint", to_hex(pending.fingerprint)},
                                              {"what", "an operator must approve this machine"}});
    if (!pending.token.empty()) state.deps->log.warning("agent.join_token", {{"what", pending.token}});
  }
  state.route->heard();
  travel(self, state.route->after_pending(pending.retry_after, draw()));
}

void keep(agent_pointer self, const enrolment_effects::admitted& admitted) {
  auto& state = self->state;
  auto own = read_own(admitted.issued, state.deps->key.pub());
  if (!own || own->node != admitted.id) {
    state.deps->log.error("agent.admission",
                          {{"what", "the service issued a certificate that is not for this node"}});
    return travel(self, state.route->after_failure(draw()));
  }
  state.own = std::move(*own);
  state.own->received = now_of(self);
  state.reported_fingerprint.reset();
  state.deps->log.info("agent.admitted", {{"node", to_string(admitted.id)}});
  if (!state.deps->token.empty()) state.deps->log.warning("agent.join_token", {{"what", join_token_is_left}});
  hang_up(self);
  // If the disk does not take the certificates, this process can still use them.
  const auto proceed = [self] {
    if (!self->state.stopping) travel(self, self->state.route->after_admission(draw()));
  };
  self->request(state.deps->keeper, disk_timeout, keep_atom::value, admitted.issued)
      .then([proceed](const status&) { proceed(); }, [proceed](const caf::error&) { proceed(); });
}

void refused(agent_pointer self, const refusal& why) {
  auto& state = self->state;
  state.deps->log.error("agent.refused",
                        {{"channel", "enrolment"}, {"code", word_of(why.code)}, {"text", why.text}});
  travel(self, state.route->after_refusal(why, draw()));
}

// What follows from a frame, one overload each: an effect without one does not compile.
void perform(agent_pointer, std::monostate) {}
void perform(agent_pointer self, enrolment_effects::ask_prove& prove) {
  ask_proof(self, std::move(prove.question));
}
void perform(agent_pointer self, const enrolment_effects::admitted& admitted) { keep(self, admitted); }
void perform(agent_pointer self, const enrolment_effects::pending& pending) {
  wait_for_people(self, pending);
}
void perform(agent_pointer self, const refusal& why) { refused(self, why); }

void carry_out(agent_pointer self, enrolment_effects effects) {
  const auto number = self->state.link.number;
  send_frames(self, effects.send);
  if (!effects.trust.empty()) take_trust(self, effects.trust);
  if (number != self->state.link.number) return; // sending failed, or this server is not ours any more
  if (!effects.send.empty()) set_timer(self, answer_deadline);
  std::visit([self](auto& what) { perform(self, what); }, effects.then);
}

} // namespace

void identify(agent_pointer self) {
  self->request(self->state.deps->provisioner, inspect_timeout, inspect_atom::value)
      .then([self](const measured_boot& boot) { ask_identity(self, boot); },
            [self](const caf::error&) { no_identity(self, no_answer()); });
}

void begin_enrolment(agent_pointer self) {
  auto& state = self->state;
  const auto& channel = *state.link.channel;
  auto& client = state.link.protocol.emplace<enrolment_client>(
      enrolment_channel{channel.own_spki(), channel.peer().spki, channel.exporter()}, state.machine,
      state.deps->token, state.trust.number);
  carry_out(self, client.start());
}

void enrolment_frame(agent_pointer self, const frame& received) {
  if (auto* client = std::get_if<enrolment_client>(&self->state.link.protocol))
    carry_out(self, client->on_frame(received));
}

} // namespace muster::node
