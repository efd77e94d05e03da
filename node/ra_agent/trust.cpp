// Which services the RA Agent trusts.
#include "messages/time_text.hpp"
#include "node/ra_agent/agent_state.hpp"
#include "node/ra_agent/trust_delivery.hpp"

namespace muster::node {

namespace {

/// How often a list that the disk did not take is offered again: a fleet with full disks must not write in a
/// storm.
constexpr std::uint64_t keep_again_ms = 60'000;

/// The service may count on the list here only once a restart would find it.
void on_disk(agent_pointer self, std::uint64_t number, const status& kept) {
  auto& state = self->state;
  if (number == state.trust_asked) state.trust_asked = 0;
  if (!kept || number < state.trust_on_disk) return; // the Keeper has said why
  state.trust_on_disk = number;
  if (auto* client = std::get_if<beat_client>(&state.link.protocol)) client->know_trust(number);
}

/// The newest list goes to the disk. No timeout: no actor waits for the answer, the Keeper runs in this
/// process, and it is not asked again before it answers.
void keep_trust(agent_pointer self) {
  auto& state = self->state;
  const auto number = state.trust.number;
  state.trust_asked = number;
  state.trust_tried = now_of(self);
  self->request(state.deps->keeper, caf::infinite, keep_atom::value, kept_trust{state.newest_trust})
      .then([self, number](const status& kept) { on_disk(self, number, kept); },
            [self, number](const caf::error&) {
              on_disk(self, number, fault{errc::io, "the Keeper is gone"});
            });
}

/// Comes back as after a lost session, so that a fleet does not come back at the same moment.
void leave_server(agent_pointer self) {
  auto& state = self->state;
  state.deps->log.warning(
      "agent.trust",
      {{"what", "the new list does not have this connection's server; the agent connects again"}});
  const auto* session = std::get_if<beat_client>(&state.link.protocol);
  if (session != nullptr) return travel(self, state.route->after_loss(session->interval(), draw()));
  travel(self, {state.at.address, std::chrono::milliseconds{0}});
}

} // namespace

void take_trust(agent_pointer self, const std::vector<bytes>& lists) {
  auto& state = self->state;
  auto got = take_trust_lists(state.trust, lists);
  if (got.refused)
    state.deps->log.warning("agent.trust",
                            {runtime::fault_code(*got.refused), runtime::fault_check(*got.refused)});
  if (!got.newest) return;
  state.trust = std::move(got.now);
  const auto& now = state.trust;
  state.deps->log.warning("agent.trust", {{"list", now.number},
                                          {"anchors", now.anchors.size()},
                                          {"issuers", now.issuers.size()},
                                          {"until", rfc3339(now.not_after)},
                                          {"what", "the list replaces all that was trusted before"}});
  state.newest_trust = std::move(*got.newest);
  keep_trust(self);
  const auto& link = state.link;
  const bool judged = link.channel && !state.asks_lists;
  if (judged && !crypto::takes(now, link.channel->peer().chain)) leave_server(self);
}

void keep_trust_again(agent_pointer self) {
  const auto& state = self->state;
  if (state.newest_trust.empty() || state.trust_on_disk >= state.trust.number || state.trust_asked != 0)
    return;
  if (now_of(self).milliseconds < state.trust_tried.milliseconds + keep_again_ms) return;
  keep_trust(self);
}

bool ask_lists(agent_pointer self, const fault& why) {
  auto& state = self->state;
  if (state.asks_lists) return false;
  state.deps->log.warning(
      "agent.untrusted",
      {{"service", to_string(state.deps->addresses[state.at.address])},
       {"list", state.trust.number},
       runtime::fault_check(why),
       {"what", state.trust.number == 0
                    ? "the agent asks this server for trust lists"
                    : "the agent asks this server for newer trust lists; if this machine now belongs to "
                      "another service, remove the file trust from its state"}});
  travel(self, {state.at.address, std::chrono::milliseconds{0}});
  state.asks_lists = true;
  return true;
}

void begin_lists(agent_pointer self) {
  const auto& client = self->state.link.protocol.emplace<trust_client>(self->state.trust.number);
  send_frames(self, client.start().send);
}

void lists_frame(agent_pointer self, const frame& received) {
  auto& state = self->state;
  auto* client = std::get_if<trust_client>(&state.link.protocol);
  if (client == nullptr) return;
  const auto effects = client->on_frame(received);
  const auto before = state.trust.number;
  if (!effects.lists.empty()) take_trust(self, effects.lists);
  if (!effects.over) return;
  if (state.trust.number != before) return travel(self, {state.at.address, std::chrono::milliseconds{0}});
  state.deps->log.warning("agent.untrusted",
                          {{"what", "this server has no list signed by an anchor in force"},
                           {"text", effects.refused ? effects.refused->text : std::string{}}});
  travel(self, state.route->after_failure(draw()));
}

void warn_of_trust(agent_pointer self, wall_time now) {
  const auto& state = self->state;
  if (state.trust.number == 0 || now < state.trust.not_after) return;
  state.deps->log.warning(
      "agent.trust",
      {{"list", state.trust.number},
       {"ended", rfc3339(state.trust.not_after)},
       {"what",
        "the list has ended, but counts until the service sends a newer one (ras ca export-request)"}});
}

} // namespace muster::node
