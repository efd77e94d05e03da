#include "net/accept_limiter.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace std::chrono_literals;

namespace {

const accept_limiter::time start{};

address_key v4(std::uint8_t last) {
  const std::array<std::uint8_t, 4> raw{10, 0, 0, last};
  return address_key::from_ipv4(raw);
}

} // namespace

TEST_CASE("check 25: an address has its burst, then its rate, and takes nothing from other addresses") {
  accept_limiter limiter{{.burst = 3, .per_second = 2}};
  for (int i = 0; i < 3; ++i)
    CHECK(limiter.admit(v4(1), start));
  CHECK_FALSE(limiter.admit(v4(1), start));
  CHECK(limiter.admit(v4(2), start));
  CHECK_FALSE(limiter.admit(v4(1), start + 400ms));
  CHECK(limiter.admit(v4(1), start + 1s));
  CHECK(limiter.admit(v4(1), start + 1s));
  CHECK_FALSE(limiter.admit(v4(1), start + 1s));
  // A long pause restores the burst, and no more.
  for (int i = 0; i < 3; ++i)
    CHECK(limiter.admit(v4(1), start + 1h));
  CHECK_FALSE(limiter.admit(v4(1), start + 1h));
}

TEST_CASE("one IPv6 host gains nothing from the many addresses of its /64") {
  std::array<std::uint8_t, 16> a{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9};
  auto b = a;
  b[15] = 1;
  auto other = a;
  other[7] = 2;
  CHECK(address_key::from_ipv6(a) == address_key::from_ipv6(b));
  CHECK_FALSE(address_key::from_ipv6(a) == address_key::from_ipv6(other));
  const std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 7};
  CHECK(address_key::from_ipv6(mapped) == v4(7));
}

TEST_CASE("made-up sources cost bounded memory and do not displace a known address") {
  accept_limiter limiter{{.burst = 2, .per_second = 1}};
  CHECK(limiter.admit(v4(1), start));
  for (std::size_t i = 0; i < 2 * accept_limiter::max_addresses; ++i)
    limiter.admit(address_key{(i + 1) << 32U}, start);
  CHECK(limiter.remembered() == accept_limiter::max_addresses);
  CHECK(limiter.admit(v4(1), start));
  CHECK_FALSE(limiter.admit(v4(1), start));
  limiter.forget_idle(start + 10s);
  CHECK(limiter.remembered() == 0);
}
