// What breaks if these fail: one certificate can take all sessions of a service, or remove the session that
// watches for a second host.
#include "protocol/node_seats.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace muster;
using namespace muster::service;

namespace {

node_id machine(std::uint8_t number) {
  node_id out;
  out.raw[0] = number;
  return out;
}

} // namespace

TEST_CASE(
    "check 25: a machine's oldest session that has not attached gives way, and no other machine's does") {
  node_seats seats;
  CHECK(seats.take(machine(2), 100).seated);
  for (node_seats::session_key i = 0; i < node_seats::seats_each; ++i) {
    const auto answer = seats.take(machine(1), i);
    CHECK(answer.seated);
    CHECK_FALSE(answer.leaves);
  }
  seats.keep(machine(1), 0);
  CHECK(seats.take(machine(1), 50).leaves == 1);
  CHECK(seats.taken(machine(1)) == node_seats::seats_each);
  CHECK(seats.taken(machine(2)) == 1);
}

TEST_CASE("check 25: sessions that attached keep their seats: a newer one is refused") {
  node_seats seats;
  for (node_seats::session_key i = 0; i < node_seats::seats_each; ++i) {
    seats.take(machine(1), i);
    seats.keep(machine(1), i);
  }
  CHECK_FALSE(seats.take(machine(1), 50).seated);
  seats.leave(machine(1), 50); // never seated, so nothing happens
  CHECK(seats.taken(machine(1)) == node_seats::seats_each);
  seats.leave(machine(1), 3);
  CHECK(seats.take(machine(1), 51).seated);
}

TEST_CASE("no machine ever has more than its seats, and machines that left leave nothing") {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 dice{seed};
    node_seats seats;
    std::map<node_seats::session_key, std::pair<std::uint8_t, bool>>
        open; // machine, and whether it has attached
    for (node_seats::session_key next = 0; next < 500; ++next) {
      const auto number = static_cast<std::uint8_t>(dice() % 3);
      if (dice() % 3 != 0) {
        const auto answer = seats.take(machine(number), next);
        if (answer.leaves) {
          REQUIRE(open.at(*answer.leaves) == std::pair{number, false});
          open.erase(*answer.leaves);
        }
        if (answer.seated) open[next] = {number, false};
      } else if (!open.empty()) {
        auto one = std::next(open.begin(), static_cast<std::ptrdiff_t>(dice() % open.size()));
        if (dice() % 2 == 0) {
          seats.keep(machine(one->second.first), one->first);
          one->second.second = true;
        } else {
          seats.leave(machine(one->second.first), one->first);
          open.erase(one);
        }
      }
      std::map<std::uint8_t, std::size_t> expected;
      for (const auto& [who, what] : open)
        ++expected[what.first];
      for (std::uint8_t each = 0; each < 3; ++each) {
        REQUIRE(seats.taken(machine(each)) == expected[each]);
        REQUIRE(expected[each] <= node_seats::seats_each);
      }
    }
    for (const auto& [who, what] : open)
      seats.leave(machine(what.first), who);
    REQUIRE(seats.nodes() == 0);
  }
}
