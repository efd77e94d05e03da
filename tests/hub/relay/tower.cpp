#include "tests/hub/relay/tower.hpp"

namespace muster::hub::test {

namespace {

constexpr std::size_t longest_queue = 6;
constexpr std::uint64_t first_credit = 20'000; // as the broker of a hub gives
constexpr std::size_t most_lives = 60, most_agents = 10;

} // namespace

tower::tower(link::link_limits limits) : limits_{limits} {
  for (auto& hub : hubs_)
    hub.emplace(limits);
  connect_upper();
  connect_lower();
}

void tower::connect_upper() {
  service_.emplace(limits_);
  hubs_[1]->table.above_opened(limits_);
}

void tower::connect_lower() {
  hubs_[1]->table.link_opened({++links_}, "lower");
  hubs_[0]->table.above_opened(limits_);
}

/// What was on its way is lost with the link; both ends are told, and connect again.
void tower::lose_lower() {
  hubs_[0]->up.clear();
  hubs_[0]->down.clear();
  hubs_[1]->table.link_lost({links_});
  hubs_[0]->table.above_lost();
  for (auto& [port, l] : lives_)
    if (l.hub == 0) l.lost = true;
  connect_lower();
}

void tower::lose_upper() {
  hubs_[1]->up.clear();
  hubs_[1]->down.clear();
  hubs_[1]->table.above_lost();
  for (auto& [port, l] : lives_) {
    l.lost = true;
    l.session = false;
  }
  connect_upper();
}

tower::life* tower::by_stream(link::stream_id stream) {
  for (auto& [port, l] : lives_)
    if (l.session && l.stream == stream) return &l;
  return nullptr;
}

broken tower::service_hears(const link::stream_message& message) {
  const auto got = service_->take(message);
  if (!got) return "the service refuses an honest hub: " + got.fault().check;
  if (!*got) return {};
  if (const auto* open = std::get_if<link::stream_open>(&**got)) {
    auto& l = lives_.at(std::stoull(open->peer.address));
    const auto expected = l.hub == 0 ? std::vector<std::string>{"lower"} : std::vector<std::string>{};
    if (open->peer.path != expected) return "the path is not the one it took";
    l.session = true;
    l.stream = open->stream;
    return {};
  }
  if (const auto* data = std::get_if<link::stream_data>(&**got)) {
    auto* l = by_stream(data->stream);
    return l == nullptr ? broken{"bytes for a session that is over"} : l->up.arrive(data->body.view());
  }
  const auto& close = std::get<link::stream_close>(**got);
  auto* l = by_stream(close.stream);
  if (l == nullptr) return "a session is told twice that it is over";
  l->session = false;
  l->up.closed = true;
  if (close.why == link::stream_end::overdrawn) return "an honest hub overdraws";
  if (close.why == link::stream_end::end && l->up.received != l->up.sent)
    return "the end came before all bytes did";
  return {};
}

/// What the hub says about its agents' connections.
broken tower::carry_out(std::size_t hub) {
  for (const auto& order : hubs_[hub]->table.take_orders()) {
    if (const auto* send = std::get_if<port_send>(&order)) {
      auto& l = lives_.at(send->port.value);
      if (l.hub != hub) return "bytes for an agent of another hub";
      if (l.agent)
        if (auto wrong = l.down.arrive(send->chunk.view())) return wrong;
    } else if (const auto* credit = std::get_if<port_credit>(&order)) {
      lives_.at(credit->port.value).allowed += credit->n;
    } else {
      auto& l = lives_.at(std::get<port_close>(order).port.value);
      if (!l.agent) return "an agent is told twice";
      l.agent = false;
      l.down.closed = true;
      if (!l.lost && l.down.received != l.down.sent) return "an agent's end came before all bytes did";
    }
  }
  return {};
}

bool tower::put_on_way(std::size_t hub, bool up) {
  auto& h = *hubs_[hub];
  if (up) {
    auto next = h.table.next_above();
    if (next) h.up.push_back(std::move(*next));
    return next.has_value();
  }
  if (hub == 0) {
    auto next = hubs_[1]->table.next_below({links_});
    if (next) h.down.push_back(std::move(*next));
    return next.has_value();
  }
  auto next = service_->next();
  if (next) h.down.push_back(std::move(next->message));
  return next.has_value();
}

broken tower::deliver(std::size_t hub, bool up) {
  auto& queue = up ? hubs_[hub]->up : hubs_[hub]->down;
  if (queue.empty()) return {};
  const auto message = std::move(queue.front());
  queue.pop_front();
  if (up && hub == 1) return service_hears(message);
  const auto done = up ? hubs_[1]->table.link_said({links_}, message) : hubs_[hub]->table.above_said(message);
  return done ? broken{} : broken{"a hub refuses an honest one: " + done.fault().check};
}

broken tower::check() const {
  std::uint64_t waits[2] = {0, 0}; // for agents that do not read
  for (const auto& [port, l] : lives_) {
    if (l.down.received > l.down.sent || l.up.received > l.up.sent) return "bytes from nowhere";
    if (l.agent) waits[l.hub] += l.down.held;
  }
  const auto most = limits_.streams * link::receive_window::first + limits_.pool;
  return std::max(waits[0], waits[1]) > most ? broken{"a hub holds more than it may"} : broken{};
}

broken tower::step(choices& chance) {
  const auto what = chance.below(16);
  const auto hub = chance.below(2);
  if (what < 4) {
    auto& h = *hubs_[hub];
    const bool up = what % 2 == 0;
    if (what < 2)
      return (up ? h.up : h.down).size() < longest_queue && put_on_way(hub, up) ? broken{} : broken{};
    if (auto wrong = deliver(hub, up)) return wrong;
    return carry_out(hub);
  }
  if (what < 8) { // messages move more often than people act
    if (auto wrong = deliver(hub, what % 2 == 0)) return wrong;
    put_on_way(hub, what < 6);
    if (auto wrong = carry_out(hub)) return wrong;
    return check();
  }
  if (what == 8) {
    std::size_t agents = 0;
    for (const auto& [port, l] : lives_)
      agents += l.agent ? 1 : 0;
    if (agents >= most_agents || lives_.size() >= most_lives) return {};
    const port_id port{++ports_};
    if (!hubs_[hub]->table.port_opened(port, std::to_string(port.value))) return {};
    auto& l = lives_[port.value];
    l.hub = hub;
    l.allowed = first_credit;
    l.up.seed = static_cast<std::uint8_t>(port.value * 17);
    l.down.seed = static_cast<std::uint8_t>(port.value * 17 + 128);
    return {};
  }
  if (what == 9) {
    if (chance.below(60) != 0) return {};
    hub == 0 ? lose_lower() : lose_upper();
    if (auto wrong = carry_out(0)) return wrong;
    return carry_out(1);
  }
  if (lives_.empty()) return {};
  auto& [number, l] = *std::next(lives_.begin(), static_cast<long>(chance.below(lives_.size())));
  auto& table = hubs_[l.hub]->table;
  const auto n = chance.below(4) == 0 ? 1 + chance.below(20'000) : 1 + chance.below(500);
  switch (what) {
  case 10:
  case 11:
    if (l.agent && l.allowed >= n) {
      l.allowed -= n;
      table.port_said({number}, l.up.speak(n));
    }
    return {};
  case 12:
    if (l.session) service_->send(l.stream, l.down.speak(n));
    return {};
  case 13:
    if (l.agent && l.down.held > 0) {
      const auto some = 1 + chance.below(l.down.held);
      l.down.held -= some;
      table.port_took({number}, some);
    }
    return {};
  case 14:
    if (l.session && l.up.held > 0) {
      const auto some = 1 + chance.below(l.up.held);
      l.up.held -= some;
      service_->consumed(l.stream, some);
    }
    return {};
  default: {
    if (chance.below(8) != 0) return {};
    const auto why = chance.below(3) == 0 ? link::stream_end::broken : link::stream_end::end;
    if (why != link::stream_end::end) l.lost = true;
    if (chance.below(2) == 0 && l.agent) {
      l.agent = false;
      table.port_closed({number}, why);
    } else if (l.session) {
      l.session = false;
      service_->close(l.stream, why);
    }
    return {};
  }
  }
}

broken tower::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [number, l] : lives_) {
      if (l.agent) hubs_[l.hub]->table.port_took({number}, std::exchange(l.down.held, 0));
      if (l.session) service_->consumed(l.stream, std::exchange(l.up.held, 0));
    }
    for (const std::size_t hub : {0U, 1U})
      for (const bool up : {true, false}) {
        while (put_on_way(hub, up))
          moved = true;
        while (!(up ? hubs_[hub]->up : hubs_[hub]->down).empty()) {
          moved = true;
          if (auto wrong = deliver(hub, up)) return wrong;
        }
      }
    for (const std::size_t hub : {0U, 1U})
      if (auto wrong = carry_out(hub)) return wrong;
  }
  std::size_t alive = 0, of_lower = 0;
  for (const auto& [number, l] : lives_) {
    if (l.agent != l.session) return "one end was not told";
    if (!l.agent) continue;
    ++alive;
    of_lower += l.hub == 0 ? 1 : 0;
    if (l.up.received != l.up.sent || l.down.received != l.down.sent)
      return "a live connection does not move";
    if (l.allowed + (l.up.sent - l.up.received) < first_credit) return "an agent has lost credit";
  }
  if (service_->size() != alive || hubs_[1]->table.streams() != alive
      || hubs_[0]->table.streams() != of_lower)
    return "somebody remembers a connection that is over";
  return {};
}

} // namespace muster::hub::test
