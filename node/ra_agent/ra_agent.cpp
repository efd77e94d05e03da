#include "node/ra_agent/ra_agent.hpp"

#include "actors/runtime/guard.hpp"
#include "crypto/secret.hpp"
#include "messages/time_text.hpp"
#include "node/ra_agent/agent_state.hpp"

#include <caf/actor_system.hpp>

#include <cstring>

namespace muster::node {

namespace {

void begin(agent_pointer self, ra_agent_deps deps, ra_agent_start start) {
  auto& state = self->state;
  state.route.emplace(deps.addresses.size(), deps.times);
  state.configured = deps.configured;
  state.heads = std::move(start.log_heads);
  state.trust = start.trust ? std::move(*start.trust) : crypto::trust_list{0, deps.anchors, {}, {}};
  state.trust_on_disk = state.trust.number;
  if (state.trust.number != 0)
    deps.log.info("agent.trust", {{"list", state.trust.number},
                                  {"until", rfc3339(state.trust.not_after)},
                                  {"what", "this list counts in place of service.anchor"}});
  state.book = std::move(start.book);
  if (start.issued) {
    auto own = read_own(*start.issued, deps.key.pub());
    if (own)
      state.own = std::move(*own);
    else
      deps.log.warning("agent.certificate", {runtime::fault_check(own.fault())});
  }
  state.deps.emplace(std::move(deps));
  travel(self, state.route->first());
}

void wake(agent_pointer self, std::uint64_t timer) {
  auto& state = self->state;
  if (timer != state.timer || state.stopping) return;
  if (!state.link.pipe) return connect(self);
  if (std::holds_alternative<beat_client>(state.link.protocol)) return session_time(self);
  state.deps->log.warning("agent.timeout", {{"what", "the service did not answer in time"}});
  travel(self, state.route->after_failure(draw()));
}

caf::typed_response_promise<status> renew(agent_pointer self) {
  auto promise = self->make_response_promise<caf::typed_response_promise<status>>();
  self->state.renewals.push_back(promise);
  ask_renewal(self);
  return promise;
}

void reload(agent_pointer self, const tuning& configured) {
  self->state.configured = configured;
  tune(self);
}

status stop(agent_pointer self) {
  self->state.stopping = true;
  for (auto& waiting : std::exchange(self->state.renewals, {}))
    waiting.deliver(status{fault{errc::busy, "the agent is stopping"}});
  for (const auto& [id, errand] : self->state.errands)
    self->send_exit(errand.actor,
                    caf::exit_reason::user_shutdown); // reported as interrupted after the restart
  hang_up(self);
  self->quit();
  return {};
}

agent_link_actor::behavior_type ra_agent(agent_pointer self, ra_agent_deps deps, ra_agent_start start) {
  runtime::guard(*self, deps.log, "ra_agent");
  self->set_down_handler([self](const caf::down_msg& down) { errand_died(self, down); });
  begin(self, std::move(deps), std::move(start));
  return {
      [self](const net::pipe_data& data) { take_chunk(self, data); },
      [self](const net::pipe_closed& gone) { pipe_gone(self, gone); },
      [self](const errand_report& report) { take_report(self, report); },
      [self](renew_atom) { return renew(self); },
      [self](tuned_atom) { return self->state.tuned; },
      [self](reload_atom, const tuning& configured) { reload(self, configured); },
      [self](stop_atom) { return stop(self); },
      [self](wake_atom, std::uint64_t timer) { wake(self, timer); },
      [self](read_atom, attestation_number number) { send_next_part(self, number); },
      [self](quote_atom, attestation_number number) { quote_overdue(self, number); },
  };
}

} // namespace

fault no_answer() { return {errc::timeout, "RAC Tools did not answer in time"}; }

std::uint64_t draw() {
  const auto raw = crypto::make_random(sizeof(std::uint64_t));
  std::uint64_t out = 0;
  std::memcpy(&out, raw.data(), sizeof out);
  return out;
}

ra_agent_actor spawn_ra_agent(caf::actor_system& system, ra_agent_deps deps, ra_agent_start start) {
  return caf::actor_cast<ra_agent_actor>(system.spawn(ra_agent, std::move(deps), std::move(start)));
}

} // namespace muster::node
