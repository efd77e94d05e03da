// The RA Agent's errands: which ones start, which reports go out, what outlives the process.
#include "node/ra_agent/agent_state.hpp"
#include "node/ra_agent/errand.hpp"

#include <algorithm>

namespace muster::node {

namespace {

void take_step(agent_pointer self, errand_step step);

void report(agent_pointer self, const errand_report& what) {
  if (auto* client = std::get_if<beat_client>(&self->state.link.protocol))
    send_frames(self, client->on_report(what).send);
}

void spawn_errand(agent_pointer self, const command& what) {
  auto& state = self->state;
  const auto& deps = *state.deps;
  deps.log.info("errand.starts", {{"command", what.id.value}, {"kind", to_string(what.kind)}});
  auto actor =
      self->spawn(errand, errand_deps{what, ra_agent_actor{self}, deps.keeper, deps.clock, deps.log});
  self->monitor(actor);
  self->send(actor, begin_atom::value);
  // The evidence that it waits for may have been taken already, while an earlier errand was running.
  const auto mark = state.attest_after.find(what.id);
  if (mark != state.attest_after.end() && state.last_taken > mark->second)
    self->send(actor, arrived_atom::value);
  state.errands.emplace(what.id, errand_at_work{actor, what.kind, false});
}

void not_recorded(agent_pointer self, const std::vector<command>& commands) {
  for (const auto& one : commands)
    take_step(self,
              self->state.book->on_end({one.id, command_outcome::failed, "not run: it could not be recorded"},
                                       now_of(self)));
}

// `started` is on the disk before the first effect.
void start(agent_pointer self, std::vector<command> commands) {
  const auto take = [self, commands](bool kept) {
    if (self->state.stopping) return;
    if (!kept) return not_recorded(self, commands);
    for (const auto& one : commands)
      spawn_errand(self, one);
  };
  self->request(self->state.deps->keeper, disk_timeout, keep_atom::value,
                errands_text{self->state.book->text()})
      .then([take](const status& kept) { take(kept.ok()); }, [take](const caf::error&) { take(false); });
}

void keep_book(agent_pointer self) {
  self->request(self->state.deps->keeper, disk_timeout, keep_atom::value,
                errands_text{self->state.book->text()})
      .then([](const status&) {}, [](const caf::error&) {}); // the Keeper logs it
}

void take_step(agent_pointer self, errand_step step) {
  for (const auto& one : step.answers) {
    self->state.attest_after.erase(one.id);
    report(self, one);
  }
  if (!step.start.empty()) start(self, std::move(step.start));
}

} // namespace

std::vector<errand_report> reports_to_send(const agent_state& state) {
  auto out = state.book->undelivered();
  for (const auto& [id, errand] : state.errands)
    if (errand.kind == command_kind::unregister && !errand.confirmed)
      out.push_back({id, command_outcome::accepted, {}});
  return out;
}

void take_commands(agent_pointer self, const std::vector<command>& commands) {
  auto& state = self->state;
  for (const auto& one : commands) {
    if (one.kind == command_kind::attest) state.attest_after.try_emplace(one.id, state.last_challenge);
    take_step(self, state.book->on_command(one, now_of(self)));
  }
}

void take_delivered(agent_pointer self, const std::vector<command_id>& ids) {
  auto& state = self->state;
  for (const auto id : ids) {
    state.book->on_delivered(id);
    const auto errand = state.errands.find(id);
    if (errand == state.errands.end() || errand->second.kind != command_kind::unregister) continue;
    errand->second.confirmed = true;
    self->send(errand->second.actor, arrived_atom::value);
  }
  if (!ids.empty()) keep_book(self);
}

void on_evidence_taken(agent_pointer self, attestation_number number) {
  auto& state = self->state;
  state.last_taken = std::max(state.last_taken, number);
  for (const auto& [id, errand] : state.errands) {
    const auto mark = state.attest_after.find(id);
    if (mark != state.attest_after.end() && number > mark->second)
      self->send(errand.actor, arrived_atom::value);
  }
}

void take_report(agent_pointer self, const errand_report& what) {
  auto& state = self->state;
  if (what.how == command_outcome::accepted) return report(self, what);
  const auto errand = state.errands.find(what.id);
  if (errand == state.errands.end()) return;
  const bool left = errand->second.kind == command_kind::unregister && what.how == command_outcome::done;
  self->demonitor(errand->second.actor.address());
  state.errands.erase(errand);
  state.attest_after.erase(what.id);
  take_step(self, state.book->on_end(what, now_of(self)));
  keep_book(self);
  if (!left) return;
  state.deps->log.warning("agent.unregistered",
                          {{"what", "the service unregistered this machine; the agent ends"}});
  state.stopping = true;
  say_goodbye(self);
}

// The errand ended with an exception, so it reported nothing itself.
void errand_died(agent_pointer self, const caf::down_msg& down) {
  const auto& errands = self->state.errands;
  const auto dead = std::ranges::find_if(
      errands, [&](const auto& one) { return one.second.actor.address() == down.source; });
  if (dead != errands.end())
    take_report(self, {dead->first, command_outcome::failed, "it ended without a result"});
}

} // namespace muster::node
