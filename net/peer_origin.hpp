// Where a peer that connected to us itself comes from. Pure.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/endpoint.hpp"

namespace muster::net {

/// What shares one limit: an IPv4 address, the /64 of an IPv6 address (one host can use every address of it),
/// a user of this machine, or all virtual machines. IPv4-mapped IPv6 addresses count as IPv4.
struct address_key {
  enum class kind : std::uint8_t { network, user, virtual_machines };

  std::uint64_t bits = 0;
  kind of = kind::network;

  static address_key from_ipv4(std::span<const std::uint8_t, 4> address) noexcept;
  static address_key from_ipv6(std::span<const std::uint8_t, 16> address) noexcept;
  friend bool operator==(const address_key&, const address_key&) = default;
};

/// The direct end of a connection, as our kernel reports it. Nothing that the peer or anybody else claims gets
/// in here: limits depend on it. (A stream of a hub will have an origin of another kind, which is limited by
/// the hub.)
class peer_origin {
public:
  /// Nobody: of a pipe that we dialled ourselves, or of a peer that was already gone.
  peer_origin() = default;

  /// `where` is for people, `share` for limits.
  static peer_origin of_network(const tcp_address& where, address_key share);
  /// A process of this machine with this uid (SO_PEERCRED, unix(7)).
  static peer_origin of_user(std::uint32_t uid);
  /// A virtual machine, or its host. Whoever runs the machine chooses the CID, and a new machine may get the
  /// one of another: it identifies nobody, so all of them share one limit.
  static peer_origin of_machine(const vsock_address& where);

  /// "192.0.2.7:4711", "unix:uid=1000", "vsock:3:1025", or "". Printable.
  const std::string& text() const noexcept { return text_; }
  address_key share() const noexcept { return share_; }

private:
  peer_origin(std::string text, address_key share) : text_{std::move(text)}, share_{share} {}

  std::string text_;
  address_key share_;
};

} // namespace muster::net
