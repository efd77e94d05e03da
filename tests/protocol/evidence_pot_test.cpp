#include "protocol/evidence_pot.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace muster::service;

namespace {

constexpr std::uint64_t MiB = 1U << 20U;

using holders = std::vector<evidence_pot::holder>;

constexpr muster::boot_time at{1000};
constexpr muster::boot_time later(std::uint64_t ms) { return {at.milliseconds + ms}; }

} // namespace

TEST_CASE("evidence finds room until the pot is empty, and then waits in line") {
  evidence_pot pot{100 * MiB};
  CHECK(pot.take(1, 30 * MiB, at));
  CHECK(pot.take(2, 20 * MiB, at));
  CHECK_FALSE(pot.take(3, 2 * MiB, at)); // large evidence may use half of the pot
  CHECK_FALSE(pot.take(4, 3 * MiB, at));
  CHECK(pot.waits(3));
  CHECK(pot.held() == 50 * MiB);
  CHECK(pot.leave(2, at) == holders{3, 4});
  CHECK(pot.held() == 35 * MiB);
  CHECK(pot.held_by_large() == 35 * MiB);
}

TEST_CASE("increments find room when large logs hold all of their half") {
  evidence_pot pot{4 * MiB};
  CHECK(pot.take(1, 2 * MiB, at));
  CHECK_FALSE(pot.take(2, 2 * MiB, at));
  CHECK(pot.take(3, MiB, at));
  CHECK(pot.take(4, MiB, at));
  CHECK_FALSE(pot.take(5, 1, at));
  CHECK(pot.leave(4, at) == holders{5});
}

TEST_CASE(
    "the line is served in order: a smaller request does not overtake, or a large one would wait for ever") {
  evidence_pot pot{100 * MiB};
  CHECK(pot.take(1, 40 * MiB, at));
  CHECK_FALSE(pot.take(2, 20 * MiB, at));
  CHECK_FALSE(pot.take(3, 5 * MiB, at));
  CHECK(pot.leave(2, at) == holders{3}); // a holder that leaves the line lets the next one in
}

TEST_CASE(
    "check 25: when all wait for each other, the holder that cost the most memory over time has to go") {
  evidence_pot pot{100 * MiB};
  CHECK(pot.take(1, 20 * MiB, at));
  CHECK(pot.take(2, 29 * MiB, later(900)));
  CHECK_FALSE(pot.take(1, 30 * MiB, later(1000)));
  CHECK_FALSE(pot.take(2, 31 * MiB, later(1000)));
  CHECK(pot.costliest_for(1, later(1000)) == 1); // 20 MiB for a second against 29 MiB for a tenth of one
  CHECK(pot.costliest_for(2, later(1000)) == 1);
  CHECK(pot.costliest_for(2, later(9000)) == 2); // by now it has cost more itself
  CHECK_FALSE(pot.costliest_for(3, later(1000)));
  CHECK(pot.leave(2, later(1000)) == holders{1});
  CHECK_FALSE(pot.costliest_for(1, later(1000))); // it no longer waits
}

TEST_CASE("a log that is held open byte by byte is dropped before a longer one that came at once") {
  evidence_pot pot{100 * MiB};
  for (std::uint64_t second = 1; second <= 60; ++second)
    CHECK(pot.take(1, 2 * MiB + second, later(1000 * second)));
  CHECK(pot.take(2, 40 * MiB, later(59'500)));
  CHECK_FALSE(pot.take(3, 20 * MiB, later(60'000)));
  CHECK(pot.costliest_for(3, later(60'000)) == 1);
  CHECK_FALSE(pot.take(2, 49 * MiB, later(60'000))); // in line after the third
  CHECK(pot.leave(1, later(60'000)).empty());
}

TEST_CASE("a holder of nothing cannot make room") {
  evidence_pot pot{8 * MiB};
  CHECK(pot.take(1, 4 * MiB, at));
  CHECK_FALSE(pot.take(2, 2 * MiB, at));
  CHECK_FALSE(pot.take(3, 2 * MiB, at));
  CHECK(pot.costliest_for(3, at) == 1);
}

TEST_CASE("check 25: in any order of taking and giving back, no more than the pot is held, and every holder "
          "in line is served") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 dice{seed};
    const std::uint64_t capacity = (2 + dice() % 30) * MiB;
    evidence_pot pot{capacity};
    std::map<evidence_pot::holder, std::uint64_t> held; // the sessions' own account
    std::map<evidence_pot::holder, std::uint64_t> wanted;
    const auto leave = [&](evidence_pot::holder who) {
      held.erase(who);
      wanted.erase(who);
      for (const auto one : pot.leave(who, at)) {
        REQUIRE(wanted.count(one) == 1);
        held[one] = wanted.at(one);
        wanted.erase(one);
      }
    };
    for (unsigned step = 0; step < 300; ++step) {
      const evidence_pot::holder who = dice() % 12;
      if (dice() % 3 == 0) {
        leave(who);
      } else if (wanted.count(who) == 0) {
        const auto before = held.count(who) != 0 ? held.at(who) : 0;
        const auto total = std::min(before + dice() % (dice() % 4 == 0 ? 4 * MiB : 300'000), pot.most());
        if (pot.take(who, total, at))
          held[who] = total;
        else
          wanted[who] = total;
      }
      std::uint64_t sum = 0;
      std::uint64_t large = 0;
      for (const auto& [id, bytes] : held) {
        sum += bytes;
        if (bytes > evidence_pot::small) large += bytes;
      }
      REQUIRE(pot.held() == sum);
      REQUIRE(pot.held_by_large() == large);
      REQUIRE(sum <= capacity);
      REQUIRE(large <= pot.most());
      for (const auto& [id, bytes] : wanted)
        REQUIRE(pot.waits(id));
    }
    // From any state, evicting the dearest evidence lets every holder finish in the end.
    for (unsigned rounds = 0; !wanted.empty(); ++rounds) {
      REQUIRE(rounds < 100);
      std::optional<evidence_pot::holder> goes;
      for (const auto& [who, bytes] : wanted)
        if (!goes) goes = pot.costliest_for(who, at);
      // If there is none, only large evidence waits and small evidence holds the room, which ends by itself.
      if (!goes)
        goes = std::ranges::find_if(held, [](const auto& one) {
                 return one.second <= evidence_pot::small;
               })->first;
      leave(*goes);
    }
  }
}
