#include "net/link_channel.hpp"

namespace muster::net {

namespace {

/// Who may be at the far end.
bool belongs(link_side own, const tls_peer& peer) noexcept {
  if (peer.protocol != tls_protocol::hub) return false;
  return peer.role == peer_role::hub || (own == link_side::lower && peer.role == peer_role::service);
}

} // namespace

link_channel::link_channel(std::unique_ptr<channel> over, link_side side, link::link_hello own)
    : over_{std::move(over)}, side_{side}, own_{std::move(own)} {
  own_.major = link_major;
  own_.minor = link_minor;
}

status link_channel::say(const link::link_message& message) {
  return over_->send(side_ == link_side::lower ? link::make_up(message) : link::make_down(message));
}

status link_channel::send(const link::stream_message& message) { return say(link::link_message{message}); }
status link_channel::beat() { return say(link::link_message{link::link_beat{}}); }

status link_channel::take(link::link_message message, arrival& out) {
  if (auto* hello = std::get_if<link::link_hello>(&message)) {
    if (far_) return fault{errc::malformed, "hub link: a second hello"};
    if (hello->major != link_major)
      return fault{errc::unsupported, "hub link: the other end speaks another major version"};
    far_ = std::move(*hello);
    out.opened = true;
    return {};
  }
  if (!far_) return fault{errc::malformed, "hub link: a message before the hello"};
  if (auto* concerning = std::get_if<link::stream_message>(&message))
    out.messages.push_back(std::move(*concerning));
  return {};
}

result<link_channel::arrival> link_channel::feed(byte_view chunk) {
  auto got = over_->feed(chunk);
  if (!got) return got.fault();
  arrival out;
  out.closed = got->closed;
  if (got->opened) {
    if (!belongs(side_, over_->peer()))
      return fault{errc::denied, "hub link: the other end is neither hub nor service"};
    // The lower end knows only from the upper one's hello that its certificate was accepted. Its own goes first.
    if (auto said = say(link::link_message{own_}); !said) return said.fault();
  }
  for (auto& payload : got->frames) {
    auto message = side_ == link_side::lower ? link::parse_down(frame::adopt(std::move(payload)))
                                             : link::parse_up(frame::adopt(std::move(payload)));
    if (!message) return message.fault();
    if (auto taken = take(std::move(*message), out); !taken) return taken.fault();
  }
  return out;
}

} // namespace muster::net
