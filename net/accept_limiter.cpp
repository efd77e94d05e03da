#include "net/accept_limiter.hpp"

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
  return {bits};
}

address_key address_key::from_ipv6(std::span<const std::uint8_t, 16> address) noexcept {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::ranges::equal(address.first<12>(), mapped)) return from_ipv4(address.last<4>());
  return {first_eight(address)};
}

double accept_limiter::tokens_at(const bucket& b, time now) const noexcept {
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - b.at).count());
  return std::min(rate_.burst, b.tokens + seconds * rate_.per_second);
}

bool accept_limiter::admit(address_key from, time now) {
  const auto known = buckets_.find(from);
  auto& b = known != buckets_.end() ? known->second
            : buckets_.size() >= max_addresses
                ? crowd_
                : buckets_.try_emplace(from, bucket{rate_.burst, now}).first->second;
  b.tokens = tokens_at(b, now);
  b.at = now;
  if (b.tokens < 1) return false;
  b.tokens -= 1;
  return true;
}

void accept_limiter::forget_idle(time now) {
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_at(entry.second, now) >= rate_.burst; });
}

} // namespace muster::net
