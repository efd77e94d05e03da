// The RA Agent as an admitted machine: it beats, and does what the replies ask for.
#include "crypto/authority.hpp"
#include "messages/time_text.hpp"
#include "node/ra_agent/agent_state.hpp"

namespace muster::node {

namespace {

beat_settings beats_of(const agent_state& state) {
  const auto set = state.ordered.jitter;
  return {set.count() != 0 ? set : state.configured.jitter};
}

void wake_for_next(agent_pointer self, const beat_client& client) {
  const auto now = now_of(self);
  const auto next = client.next();
  set_timer(self, std::chrono::milliseconds{next > now ? next.milliseconds - now.milliseconds : 0});
}

void ended(agent_pointer self, const refusal& why) {
  using code = wire::Fault::Code;
  auto& state = self->state;
  const auto* hint = "";
  if (why.code == code::SUPERSEDED)
    hint = "another machine or process uses this identity; this agent waits before it connects again";
  if (why.code == code::UNKNOWN) {
    hint = "the agent enrols again";
    state.own.reset();
  }
  state.deps->log.error(
      "agent.refused",
      {{"channel", "session"}, {"code", word_of(why.code)}, {"text", why.text}, {"hint", hint}});
  const auto* client = std::get_if<beat_client>(&state.link.protocol);
  const bool lost = why.code == code::TIMEOUT && client != nullptr;
  travel(self, lost ? state.route->after_loss(client->interval(), draw())
                    : state.route->after_refusal(why, draw()));
}

void settle_renewals(agent_pointer self, const status& outcome) {
  self->state.renewal_asked = false;
  for (auto& waiting : std::exchange(self->state.renewals, {}))
    waiting.deliver(outcome);
}

// This session continues with the old certificate; the next one begins with the new one.
void keep_renewed(agent_pointer self, const issued_identity& issued) {
  auto& state = self->state;
  auto own = read_own(issued, state.deps->key.pub());
  if (!own || own->node != state.own->node)
    return settle_renewals(self, fault{errc::mismatch, "renewal: a certificate that is not for this node"});
  state.own = std::move(*own);
  state.own->received = now_of(self);
  state.deps->log.info("agent.renewed");
  self->request(state.deps->keeper, disk_timeout, keep_atom::value, issued)
      .then([self](const status& kept) { settle_renewals(self, kept); },
            [self](const caf::error&) {
              settle_renewals(self, fault{errc::timeout, "the disk did not answer"});
            });
}

/// A renewal begins when a third of the certificate's life is left: there is time to ask again.
void renew_later(agent_pointer self, std::chrono::milliseconds retry) {
  auto& state = self->state;
  state.renew_after = {now_of(self).milliseconds + static_cast<std::uint64_t>(retry.count())};
  state.deps->log.warning("agent.not_renewed",
                          {{"what", "the service cannot renew the certificate now"}, {"ms", retry.count()}});
  settle_renewals(self, fault{errc::busy, "the service cannot renew the certificate now"});
}

/// Logs both clocks, so that the log shows which machine to look at.
void hear_clock(agent_pointer self, wall_time service) {
  auto& state = self->state;
  const auto here = state.deps->clock->wall();
  state.service_clock = heard_clock{service, now_of(self)};
  const auto apart =
      here > service ? here.milliseconds - service.milliseconds : service.milliseconds - here.milliseconds;
  if (apart > crypto::backdating_ms)
    state.deps->log.warning(
        "agent.clock",
        {{"what",
          "this machine's clock differs from the service's; for certificates the service's clock counts"},
         {"seconds", apart / 1000},
         {"here", rfc3339(here)},
         {"service", rfc3339(service)}});
}

void accepted(agent_pointer self, std::optional<wall_time> service_clock) {
  const auto& state = self->state;
  if (service_clock) hear_clock(self, *service_clock);
  state.deps->log.info("agent.connected", {{"service", to_string(state.deps->addresses[state.at.address])},
                                           {"node", to_string(state.own->node)}});
  warn_of_trust(self, service_clock.value_or(state.deps->clock->wall()));
  if (!state.renewals.empty()) ask_renewal(self);
}

void keep_heads(agent_pointer self, bytes heads) {
  self->state.heads = heads;
  self->send(self->state.deps->keeper, keep_atom::value, log_heads{std::move(heads)});
}

void answered(agent_pointer self) {
  auto& state = self->state;
  state.route->arrived();
  keep_trust_again(self);
  if (!state.renewal_asked && now_of(self) >= state.renew_after
      && renewal_due(*state.own, now_of(self), state.service_clock))
    ask_renewal(self);
}

void carry_out(agent_pointer self, beat_effects effects) {
  auto& state = self->state;
  const auto number = state.link.number;
  send_frames(self, effects.send);
  if (number != state.link.number) return; // sending failed
  if (effects.ended) return ended(self, *effects.ended);
  if (effects.accepted) accepted(self, effects.service_clock);
  // Trust first: a server that the new list does not take may give no more orders.
  if (!effects.trust.empty()) take_trust(self, effects.trust);
  if (number != state.link.number) return;
  // Before the reply's commands: one of them asks whether the settings were followed.
  if (effects.replied && std::exchange(state.ordered, effects.tuning) != state.ordered) tune(self);
  if (effects.reconnect_spread) state.route->learn_spread(*effects.reconnect_spread);
  if (effects.renewed) keep_renewed(self, *effects.renewed);
  if (effects.renewal_retry) renew_later(self, *effects.renewal_retry);
  if (!effects.log_heads.empty()) keep_heads(self, std::move(effects.log_heads));
  take_delivered(self, effects.delivered);
  if (effects.taken) on_evidence_taken(self, *effects.taken);
  take_commands(self, effects.commands);
  if (effects.challenge) begin_evidence(self, std::move(*effects.challenge));
  if (auto* client = std::get_if<beat_client>(&state.link.protocol)) wake_for_next(self, *client);
}

} // namespace

void begin_session(agent_pointer self) {
  auto& state = self->state;
  auto& client = state.link.protocol.emplace<beat_client>(beats_of(state), state.deps->clock->boot(),
                                                          state.heads, reports_to_send(state));
  client.know_trust(state.trust_on_disk);
  carry_out(self, client.start(now_of(self)));
}

void session_frame(agent_pointer self, const frame& received) {
  auto* client = std::get_if<beat_client>(&self->state.link.protocol);
  if (client == nullptr) return;
  const auto number = self->state.link.number;
  auto effects = client->on_frame(received, now_of(self), draw());
  const bool reply = effects.replied;
  carry_out(self, std::move(effects));
  if (reply && number == self->state.link.number) answered(self);
}

void session_time(agent_pointer self) {
  if (auto* client = std::get_if<beat_client>(&self->state.link.protocol))
    carry_out(self, client->on_time(now_of(self)));
}

void ask_renewal(agent_pointer self) {
  auto* client = std::get_if<beat_client>(&self->state.link.protocol);
  if (client == nullptr || !client->accepted()) return;
  self->state.renewal_asked = true;
  send_frames(self, client->on_renewal_due().send);
}

void tune(agent_pointer self) {
  auto& state = self->state;
  const auto& log = state.deps->log;
  const auto& set = state.ordered;
  const auto beats = beats_of(state);
  if (auto* client = std::get_if<beat_client>(&state.link.protocol)) client->change(beats);
  auto level = runtime::log_level_from(set.log_level.empty() ? state.configured.log_level : set.log_level);
  state.tuned = level ? status{} : status{fault{errc::unsupported, "reconfigure: no such log level"}};
  if (!level) level = runtime::log_level_from(state.configured.log_level);
  if (level) log.set_level(*level);
  // Logged at the level in force, whatever it is: operators look for this line after they set it.
  log.info("agent.tuned", {{"jitter_ms", beats.jitter.count()},
                           {"level", set.log_level.empty() ? state.configured.log_level : set.log_level},
                           {"by", set == tuning{} ? "configuration" : "service"}});
}

} // namespace muster::node
