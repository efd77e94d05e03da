#include "net/peer_origin.hpp"

namespace muster::net {

namespace {

std::uint64_t first_eight(std::span<const std::uint8_t> address) noexcept {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i)
    out = out << 8U | address[i];
  return out;
}

} // namespace

address_key address_key::from_ipv4(std::span<const std::uint8_t, 4> address) noexcept {
  // ::/8 is reserved (RFC 4291): no /64 of a real IPv6 peer looks like these bits.
  std::uint64_t bits = 0;
  for (const auto byte : address)
    bits = bits << 8U | byte;
  return {bits, kind::network};
}

address_key address_key::from_ipv6(std::span<const std::uint8_t, 16> address) noexcept {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::ranges::equal(address.first<12>(), mapped)) return from_ipv4(address.last<4>());
  return {first_eight(address), kind::network};
}

peer_origin peer_origin::of_network(const tcp_address& where, address_key share) {
  return {to_string(endpoint{where}), share};
}

peer_origin peer_origin::of_user(std::uint32_t uid) {
  return {"unix:uid=" + std::to_string(uid), {uid, address_key::kind::user}};
}

peer_origin peer_origin::of_machine(const vsock_address& where) {
  return {to_string(endpoint{where}), {0, address_key::kind::virtual_machines}};
}

} // namespace muster::net
