#include "tests/net/link/two_ends.hpp"

#include <algorithm>

namespace muster::net::link::test {

namespace {

/// As it would come out of the link.
result<link_message> travel(const stream_message& message, bool up) {
  return up ? parse_up(frame::adopt(make_up(link_message{message})))
            : parse_down(frame::adopt(make_down(link_message{message})));
}

constexpr std::size_t most_lives = 12;
constexpr std::size_t longest_queue = 6; // messages on their way: a slow link

} // namespace

void two_ends::speak(stream_id id, bool lower, std::size_t n) {
  auto& l = lives_[id.value];
  lower ? lower_.send(id, l.up.speak(n)) : upper_.send(id, l.down.speak(n));
}

bool two_ends::send_one(bool from_lower) {
  auto& way = from_lower ? going_up_ : going_down_;
  auto message = from_lower ? lower_.next() : upper_.next();
  if (!message) return false;
  way.push_back(std::move(message->message));
  return true;
}

broken two_ends::arrived(flow& f, const stream_data& data) {
  if (auto wrong = f.arrive(data.body.view())) return wrong;
  return bounds();
}

broken two_ends::bounds() const {
  if (lower_.reserved() > limits_.pool || upper_.reserved() > limits_.pool)
    return "the pool gave more than it has";
  std::uint64_t up = 0, down = 0;
  for (const auto& [id, l] : lives_) {
    if (l.upper_owns) up += l.up.held;
    if (l.lower_owns) down += l.down.held;
  }
  const auto most = limits_.streams * receive_window::first + limits_.pool;
  if (up > most || down > most) return "an end holds more than it may";
  return {};
}

broken two_ends::deliver_up() {
  auto message = travel(going_up_.front(), true);
  going_up_.pop_front();
  if (!message) return "an encoded message is not read back: " + message.fault().check;
  const auto got = upper_.take(std::get<stream_message>(*message));
  if (!got) return "an honest end is refused: " + got.fault().check;
  if (!*got) return {};
  if (const auto* open = std::get_if<stream_open>(&**got)) {
    lives_[open->stream.value].upper_owns = true;
    if (open->peer.address != std::to_string(open->stream.value)) return "the claim is another stream's";
    return {};
  }
  if (const auto* data = std::get_if<stream_data>(&**got))
    return arrived(lives_[data->stream.value].up, *data);
  const auto& close = std::get<stream_close>(**got);
  auto& l = lives_[close.stream.value];
  if (!l.upper_owns) return "the upper owner is told twice";
  l.upper_owns = false;
  l.up.closed = true;
  if (close.why == stream_end::overdrawn) return "an honest lower end overdraws";
  if (close.why == stream_end::end && l.up.received != l.up.sent)
    return "the end came before all bytes did (up)";
  return {};
}

broken two_ends::deliver_down() {
  auto message = travel(going_down_.front(), false);
  going_down_.pop_front();
  if (!message) return "an encoded message is not read back: " + message.fault().check;
  const auto got = lower_.take(std::get<stream_message>(*message));
  if (!got) return "an honest end is refused: " + got.fault().check;
  if (!*got) return {};
  if (std::holds_alternative<stream_open>(**got)) return "the upper end opens a stream";
  if (const auto* data = std::get_if<stream_data>(&**got))
    return arrived(lives_[data->stream.value].down, *data);
  const auto& close = std::get<stream_close>(**got);
  auto& l = lives_[close.stream.value];
  if (!l.lower_owns) return "the lower owner is told twice";
  l.lower_owns = false;
  l.down.closed = true;
  if (close.why == stream_end::overdrawn) return "an honest upper end overdraws";
  if (close.why == stream_end::end && l.down.received != l.down.sent)
    return "the end came before all bytes did (down)";
  return {};
}

broken two_ends::step(choices& chance) {
  const auto what = chance.below(12);
  if (what == 0) {
    if (lives_.size() >= most_lives * 4 || lower_.size() >= most_lives) return {};
    const auto id = lower_.open({std::to_string(next_), {}});
    if (!id)
      return id.fault().code == errc::busy && lower_.size() >= limits_.streams
                 ? broken{}
                 : broken{"a stream is refused although there is room"};
    ++next_;
    auto& l = lives_[id->value];
    l.up.seed = static_cast<std::uint8_t>(id->value * 17);
    l.down.seed = static_cast<std::uint8_t>(id->value * 17 + 128);
    return {};
  }
  if (what == 7) return going_up_.size() < longest_queue && send_one(true) ? broken{} : broken{};
  if (what == 8) return going_down_.size() < longest_queue && send_one(false) ? broken{} : broken{};
  if (what == 9) return going_up_.empty() ? broken{} : deliver_up();
  if (what >= 10) return going_down_.empty() ? broken{} : deliver_down();
  if (lives_.empty()) return {};
  auto& [number, l] = *std::next(lives_.begin(), static_cast<long>(chance.below(lives_.size())));
  const stream_id id{number};
  const auto n = chance.below(4) == 0 ? 1 + chance.below(40'000) : 1 + chance.below(600);
  switch (what) {
  case 1:
  case 2:
    if (l.lower_owns) speak(id, true, n);
    return {};
  case 3:
    if (l.upper_owns) speak(id, false, n);
    return {};
  case 4: {
    auto& held = l.down.held;
    if (!l.lower_owns || held == 0) return {};
    const auto some = 1 + chance.below(held);
    held -= some;
    lower_.consumed(id, some);
    return {};
  }
  case 5: {
    auto& held = l.up.held;
    if (!l.upper_owns || held == 0) return {};
    const auto some = 1 + chance.below(held);
    held -= some;
    upper_.consumed(id, some);
    return {};
  }
  default: {
    if (chance.below(6) != 0) return {};
    const auto why = chance.below(2) == 0 ? stream_end::end : stream_end::broken;
    if (chance.below(2) == 0) {
      l.lower_owns = false;
      lower_.close(id, why);
    } else if (l.upper_owns) {
      l.upper_owns = false;
      upper_.close(id, why);
    }
    return {};
  }
  }
}

broken two_ends::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [number, l] : lives_) {
      if (l.lower_owns) lower_.consumed({number}, std::exchange(l.down.held, 0));
      if (l.upper_owns) upper_.consumed({number}, std::exchange(l.up.held, 0));
    }
    while (send_one(true) || send_one(false))
      moved = true;
    moved = moved || !going_up_.empty() || !going_down_.empty();
    while (!going_up_.empty())
      if (auto wrong = deliver_up()) return wrong;
    while (!going_down_.empty())
      if (auto wrong = deliver_down()) return wrong;
  }
  std::size_t alive = 0;
  for (const auto& [number, l] : lives_) {
    if (l.lower_owns != l.upper_owns) return "one owner was not told of the end";
    if (!l.lower_owns) continue;
    ++alive;
    if (l.up.received != l.up.sent || l.down.received != l.down.sent) return "a live stream does not move";
  }
  if (lower_.size() != alive || upper_.size() != alive) return "an end remembers a stream that is over";
  if (alive == 0 && (lower_.reserved() != 0 || upper_.reserved() != 0))
    return "the pool misses what streams had";
  return {};
}

} // namespace muster::net::link::test
