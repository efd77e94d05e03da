// The trust lists that a machine is sent.
#include "records/trust_lists.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

TEST_CASE("a machine gets the lists above its own, the oldest first, and no more than fit in a frame") {
  trust_lists lists;
  CHECK(newest_of(lists) == 0);
  CHECK(newer_than(lists, 0).empty());
  for (std::uint64_t number = 1; number <= 20; ++number)
    lists.push_back({number, bytes(9000, static_cast<std::uint8_t>(number))});
  CHECK(newest_of(lists) == 20);
  CHECK(newer_than(lists, 20).empty());
  CHECK(newer_than(lists, 99).empty());
  CHECK(newer_than(lists, 18).size() == 2);
  // A machine reports the newest list that it has, and gets the rest. Every list comes once, in order.
  std::uint64_t has = 0;
  for (std::size_t deliveries = 0; has < 20; ++deliveries) {
    REQUIRE(deliveries < 20);
    std::size_t size = 0;
    for (const auto& one : newer_than(lists, has)) {
      CHECK(one[0] == ++has);
      size += one.size();
    }
    CHECK(size <= max_trust_delivery);
  }
  lists.push_back({21, bytes(max_trust_delivery + 1, 21)});
  CHECK(newer_than(lists, 20).size() == 1); // at least one, if there is a newer one
}
