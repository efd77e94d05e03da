// The RA Agent proves what this machine runs: part 0, then the logs as fast as the pipe takes them.
#include "crypto/digest.hpp"
#include "node/ra_agent/agent_state.hpp"
#include "node/ra_agent/evidence_frames.hpp"

namespace muster::node {

namespace {

constexpr std::chrono::minutes read_timeout{1};
constexpr std::chrono::seconds count_timeout{5};
/// A part follows only when at most this much waits for the network: logs never pile up in memory.
constexpr std::uint64_t most_unsent = max_log_part / 2;
constexpr std::chrono::milliseconds pause{20};

bool at_hand(const agent_state& state, attestation_number number) {
  return state.evidence && state.evidence->number == number;
}

/// Tells the service why no evidence comes. Operators see the reason there, and the service asks again. The
/// verdict is never better for it.
void give_up(agent_pointer self, attestation_number number, const fault& why) {
  if (!at_hand(self->state, number)) return;
  self->state.evidence.reset();
  if (std::holds_alternative<beat_client>(self->state.link.protocol))
    send_frames(self, {unable_frame(number, why)});
  self->state.deps->log.error(
      "agent.evidence", {{"attestation", number.value}, runtime::fault_code(why), runtime::fault_check(why)});
}

void send_quoted(agent_pointer self, const quoted_evidence& quoted) {
  auto& state = self->state;
  if (!at_hand(state, quoted.number)) return;
  if (state.deps->clock->since_boot() > state.evidence->deadline)
    return give_up(self, quoted.number, {errc::expired, "the TPM took longer than the challenge lives"});
  send_frames(self, {evidence_frame(quoted)});
  if (quoted.last)
    state.evidence.reset();
  else
    send_next_part(self, quoted.number);
}

void send_part(agent_pointer self, const log_part& part) {
  auto& state = self->state;
  if (!at_hand(state, part.number)) return;
  const auto index = state.evidence->next_part++;
  if (part.last) state.evidence.reset();
  send_frames(self, {log_frame(part, index)});
  if (!part.last) send_next_part(self, part.number);
}

void read_part(agent_pointer self, attestation_number number) {
  self->request(self->state.deps->tools, read_timeout, read_atom::value, number)
      .then(
          [self, number](const result<log_part>& part) {
            part ? send_part(self, *part) : give_up(self, number, part.fault());
          },
          [self, number](const caf::error&) { give_up(self, number, no_answer()); });
}

fault no_quote(agent_pointer self) {
  const auto waited = now_of(self).milliseconds - self->state.quoting->milliseconds;
  return {errc::timeout, "the TPM has not answered for " + std::to_string(waited / 1000) + " s"};
}

/// Shorter than the service's own patience, so that the service hears the reason before it gives up.
std::chrono::milliseconds quote_patience(boot_time deadline, boot_time now) {
  const auto left = deadline > now ? deadline.milliseconds - now.milliseconds : 0;
  return std::chrono::milliseconds{left / 4 * 3};
}

std::uint64_t unsent(const agent_link& link, const net::pipe_counters& now) {
  const auto written = now.bytes_out - std::min(now.bytes_out, link.out_before);
  return link.submitted - std::min(link.submitted, written);
}

} // namespace

void begin_evidence(agent_pointer self, challenge_order order) {
  auto& state = self->state;
  const auto number = order.evidence.number;
  state.last_challenge = std::max(state.last_challenge, number);
  state.evidence = sending_evidence{number, order.deadline, 1};
  order.evidence.node = state.own->node;
  order.evidence.exporter = state.link.channel->exporter();
  order.evidence.node_spki = crypto::sha256(state.link.channel->own_spki());
  // A second order would only queue up after the one that RAC Tools have.
  if (state.quoting) return give_up(self, number, no_quote(self));
  state.quoting = now_of(self);
  self->delayed_send(self, quote_patience(order.deadline, now_of(self)), quote_atom::value, number);
  // Without a timeout: `quote_overdue` keeps the deadline, and RAC Tools take no other order until they
  // answer.
  self->request(state.deps->tools, caf::infinite, std::move(order.evidence))
      .then(
          [self, number](const result<quoted_evidence>& quoted) {
            self->state.quoting.reset();
            quoted ? send_quoted(self, *quoted) : give_up(self, number, quoted.fault());
          },
          [self, number](const caf::error&) {
            self->state.quoting.reset();
            give_up(self, number, no_answer());
          });
}

void quote_overdue(agent_pointer self, attestation_number number) {
  const auto& state = self->state;
  // Without the quote no part was sent yet. A quote of another attestation is no matter of this one.
  if (state.quoting && at_hand(state, number) && state.evidence->next_part == 1)
    give_up(self, number, no_quote(self));
}

void send_next_part(agent_pointer self, attestation_number number) {
  if (!at_hand(self->state, number)) return;
  self->request(self->state.deps->broker, count_timeout, net::pipe_count{})
      .then(
          [self, number](const net::pipe_counters& now) {
            if (!at_hand(self->state, number)) return;
            if (unsent(self->state.link, now) > most_unsent)
              self->delayed_send(self, pause, read_atom::value, number);
            else
              read_part(self, number);
          },
          [self, number](const caf::error&) { read_part(self, number); });
}

} // namespace muster::node
