#include "checkup/probe/service.hpp"

#include "actors/runtime/clock.hpp"
#include "checkup/probe/clock.hpp"
#include "crypto/certificate_template.hpp"
#include "messages/build.hpp"
#include "messages/view.hpp"
#include "net/secure_channel.hpp"
#include "schemas/wire.capnp.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

namespace muster::checkup {

namespace {

using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

/// Only the wall clock is asked for.
class wall_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {}; }
  wall_time wall() const noexcept override { return wall_now(); }
  boot_id boot() const noexcept override { return {}; }
};

result<crypto::certificate> make_nobody(const crypto::private_key& key) {
  constexpr std::uint64_t hour_ms = 3600 * 1000;
  const auto now = wall_now().milliseconds;
  crypto::certificate_template what;
  what.common_name = "muster checkup";
  what.not_before = {now - std::min(now, hour_ms)};
  what.not_after = {now + hour_ms};
  what.extended_key_usages = {std::string{crypto::oid::client_auth}};
  return crypto::sign_certificate(what, key.pub(), nullptr, key);
}

result<net::client_tls> make_tls(const std::string& name, const probe_trust& trust) {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  auto nobody = make_nobody(key);
  if (!nobody) return nobody.fault();
  const net::tls_credentials own{std::move(*nobody), {}, key};
  if (trust.anchors.empty()) return net::client_tls::to_anybody(own);
  net::tls_trust whom{trust.anchors, {}, std::make_shared<wall_clock>(), trust.issuers};
  return net::client_tls::make(own, std::move(whom), net::tls_protocol::enrol, name);
}

fault silent() { return {errc::timeout, "it accepts connections, and does not answer in time"}; }

/// Waits until the socket can be read or written.
status wait_for(const net::socket_fd& socket, short what, steady::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady::now()).count();
    if (left <= 0) return silent();
    pollfd one{socket.get(), what, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fault{errc::io, std::strerror(errno)};
  }
}

status send_all(const net::socket_fd& socket, byte_view out, steady::time_point until) {
  while (!out.empty()) {
    const auto n = ::send(socket.get(), out.data(), out.size(), MSG_NOSIGNAL);
    if (n > 0) {
      out = out.subspan(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (auto ready = wait_for(socket, POLLOUT, until); !ready) return ready;
    } else {
      return fault{errc::io, std::string{"the connection broke: "} + std::strerror(errno)};
    }
  }
  return {};
}

/// The next frame that the service sends, after the handshake; empty: the handshake has just ended.
result<std::vector<bytes>> receive(const net::socket_fd& socket, net::secure_channel& channel,
                                   steady::time_point until) {
  for (;;) {
    if (auto ready = wait_for(socket, POLLIN, until); !ready) return ready.fault();
    bytes part(16UL * 1024);
    const auto n = ::recv(socket.get(), part.data(), part.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n < 0) return fault{errc::io, std::string{"the connection broke: "} + std::strerror(errno)};
    if (n == 0) return fault{errc::io, "it closed the connection"};
    auto came = channel.feed(byte_view{part}.first(static_cast<std::size_t>(n)));
    const auto answer = channel.take_output();
    if (auto sent = send_all(socket, answer, until); !sent && came) return sent.fault();
    if (!came) return came.fault();
    if (came->opened || !came->frames.empty()) return std::move(came->frames);
    if (came->closed) return fault{errc::io, "it closed the connection"};
  }
}

void put_peer(const net::tls_peer& peer, service_seen& out) {
  if (peer.chain.empty()) return;
  const auto& leaf = peer.chain.front().fields();
  for (const auto& one : leaf.dns_names)
    out.names += (out.names.empty() ? "" : ", ") + printable(one, 253);
  out.not_after = leaf.not_after;
  out.chain_ends =
      std::ranges::min(peer.chain, {}, [](const crypto::certificate& one) { return one.fields().not_after; })
          .fields()
          .not_after;
}

status read_hello(bytes came, service_seen& out) {
  const auto parsed = parse_view<wire::EnrolmentFrame>(frame::adopt(std::move(came)));
  if (!parsed) return parsed.fault();
  return parsed->read([&](wire::EnrolmentFrame::Reader in) -> status {
    if (in.isFault())
      return fault{errc::denied, "it refuses: " + printable(text_of(in.getFault().getText()), 256)};
    if (!in.isHello()) return fault{errc::malformed, "its first frame is not a hello"};
    const auto hello = in.getHello();
    if (hello.getMajor() != wire::MAJOR)
      return fault{errc::unsupported,
                   "it speaks version " + std::to_string(hello.getMajor()) + " of the protocol"};
    out.software = printable(text_of(hello.getSoftware()), 64);
    out.clock = {hello.getTimeMs()};
    out.trust = hello.getTrust();
    return {};
  });
}

} // namespace

service_facts probe_service(const endpoint& where, const net::proxy_route* via, const std::string& name,
                            const std::string& anchor, const probe_trust& trust, milliseconds limit) {
  const auto until = steady::now() + limit;
  const auto* proxied = via != nullptr ? where.tcp() : nullptr;
  service_facts out;
  out.address = printable(to_string(where));
  if (proxied != nullptr) out.step = reach::proxy;
  out.name = printable(name);
  out.anchor = printable(anchor);
  out.judged = !trust.anchors.empty();
  const auto stop = [&out](const fault& why) {
    out.now = wall_now();
    out.seen = why;
    return out;
  };
  const auto socket =
      proxied != nullptr ? net::connect_through(*via, *proxied, limit) : net::connect_to(where, limit);
  if (!socket) return stop(socket.fault());
  out.step = reach::handshake;
  const auto tls = make_tls(name, trust);
  if (!tls) return stop(tls.fault());
  auto channel = net::secure_channel::connect(*tls);
  if (auto sent = send_all(*socket, channel.take_output(), until); !sent) return stop(sent.fault());
  std::vector<bytes> frames;
  while (!channel.open()) {
    auto came = receive(*socket, channel, until);
    if (!came) return stop(came.fault());
    frames = std::move(*came);
  }
  service_seen seen;
  put_peer(channel.peer(), seen);
  out.step = reach::hello;
  const auto hello = build<wire::StrangerFrame>([&](wire::StrangerFrame::Builder say) {
    auto own = say.initHello();
    own.setMajor(wire::MAJOR);
    own.setMinor(wire::MINOR);
    own.setMaxFrame(static_cast<std::uint32_t>(net::max_payload_of(net::tls_protocol::enrol)));
    own.setSoftware("muster checkup");
    own.setTrust(trust.list);
  });
  if (auto sent = channel.send(hello); !sent) return stop(sent.fault());
  if (auto sent = send_all(*socket, channel.take_output(), until); !sent) return stop(sent.fault());
  while (frames.empty()) {
    auto came = receive(*socket, channel, until);
    if (!came) return stop(came.fault());
    frames = std::move(*came);
  }
  out.now = wall_now();
  if (auto read = read_hello(std::move(frames.front()), seen); !read) return stop(read.fault());
  channel.close();
  (void)send_all(*socket, channel.take_output(), until); // a goodbye that is lost does no harm
  out.step = reach::whole;
  out.seen = std::move(seen);
  return out;
}

} // namespace muster::checkup
