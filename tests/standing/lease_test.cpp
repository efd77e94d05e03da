#include "standing/lease.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

TEST_CASE("only the kernel's clock ends a lease") {
  moment issued;
  issued.service_boot.raw.fill(1);
  issued.boot = {10'000};
  issued.wall = {5'000'000};
  const auto held = make_lease(issued, std::chrono::seconds{9});
  const auto at = [&](std::uint64_t boot, std::uint64_t wall) {
    auto now = issued;
    now.boot = {boot};
    now.wall = {wall};
    return freshness_of(held, now);
  };
  CHECK(at(10'000, 5'000'000) == freshness::fresh);
  CHECK(at(18'999, 5'000'000) == freshness::fresh);
  CHECK(at(19'000, 5'000'000) == freshness::stale);
  // A jump of the wall clock neither ends a lease early nor extends it.
  CHECK(at(12'000, 0) == freshness::fresh);
  CHECK(at(12'000, 9'999'999'999) == freshness::fresh);
  CHECK(at(19'000, 0) == freshness::stale);
}

TEST_CASE("a reboot of the service's machine expires every lease") {
  moment issued;
  issued.boot = {10'000};
  const auto held = make_lease(issued, std::chrono::seconds{9});
  auto now = issued;
  now.service_boot.raw.fill(2);
  now.boot = {1};
  CHECK(freshness_of(held, now) == freshness::stale);
  CHECK(freshness_of(lease{}, issued) == freshness::stale);
}
