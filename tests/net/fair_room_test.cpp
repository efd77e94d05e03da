// Places that strangers share. What breaks if these fail: an attacker who comes first and stays keeps all
// others out, from one address.
#include "net/fair_room.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

using namespace muster::net;

TEST_CASE("check 25: guests never exceed the places or an address its share, and a newcomer always gets in") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const std::size_t all = 1 + random() % 40, each = 1 + random() % all;
    fair_room room{all, each};
    std::map<fair_room::guest, std::uint64_t> here; // guests inside, each with its address
    for (fair_room::guest next = 1; next < 3000; ++next) {
      const address_key from{random() % 8};
      const auto before = here;
      const auto leaves = room.enter(from, next, random());
      if (leaves) {
        REQUIRE(before.contains(*leaves));
        here.erase(*leaves);
      }
      here[next] = from.bits;
      const auto of = [&](std::uint64_t address) {
        return static_cast<std::size_t>(
            std::ranges::count_if(here, [&](const auto& one) { return one.second == address; }));
      };
      REQUIRE(room.size() == here.size());
      REQUIRE(room.size() <= all);
      for (std::uint64_t address = 0; address < 8; ++address) {
        REQUIRE(room.size_of({address}) == of(address));
        REQUIRE(of(address) <= each);
      }
      // No guest leaves while there is room, and an address that has fewer guests than others loses none to
      // them.
      if (leaves) {
        const bool full = before.size() == all;
        const bool own = before.at(*leaves) == from.bits;
        REQUIRE((full || own));
        if (!own)
          for (std::uint64_t address = 0; address < 8; ++address)
            REQUIRE(of(address) <= of(before.at(*leaves)) + 2);
      }
      while (!here.empty() && random() % 3 == 0) {
        const auto goes = std::next(here.begin(), static_cast<std::ptrdiff_t>(random() % here.size()));
        room.leave(goes->first);
        here.erase(goes);
      }
      room.leave(1'000'000); // not inside
    }
  }
}

TEST_CASE(
    "a flood from three addresses does not hinder a fourth, and hardly hinders others of the same address") {
  std::mt19937_64 random{20261129};
  fair_room room{256, 64};
  fair_room::guest next = 0;
  const auto flood = [&](int connections) {
    std::set<fair_room::guest> out;
    for (int i = 0; i < connections; ++i)
      if (const auto leaves = room.enter({static_cast<std::uint64_t>(i % 3)}, ++next, random()))
        out.insert(*leaves);
    return out;
  };
  (void)flood(1000);
  int lost_apart = 0, lost_beside = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto apart = ++next;
    (void)room.enter({9}, apart, random());
    const auto beside = ++next;
    (void)room.enter({0}, beside, random());
    const auto gone = flood(9); // 190 a second, while these two shake hands for 50 ms
    lost_apart += gone.contains(apart) ? 1 : 0;
    lost_beside += gone.contains(beside) ? 1 : 0;
    room.leave(apart);
    room.leave(beside);
  }
  CHECK(lost_apart == 0);
  CHECK(lost_beside < 100);
}

TEST_CASE(
    "check 25: with fewer places or smaller shares guests leave until the new bounds hold, and no more") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    fair_room room{40, 20};
    std::map<fair_room::guest, std::uint64_t> here;
    for (fair_room::guest next = 1; next < 200; ++next) {
      const address_key from{random() % 4};
      if (const auto leaves = room.enter(from, next, random())) here.erase(*leaves);
      here[next] = from.bits;
    }
    const std::size_t all = 1 + random() % 50, each = 1 + random() % all;
    std::size_t must_stay = 0;
    for (std::uint64_t address = 0; address < 4; ++address)
      must_stay += std::min(each, room.size_of({address}));
    for (const auto who : room.resize(all, each, random()))
      REQUIRE(here.erase(who) == 1);
    REQUIRE(room.size() == here.size());
    CHECK(room.size() == std::min(all, must_stay));
    for (std::uint64_t address = 0; address < 4; ++address)
      CHECK(room.size_of({address}) <= each);
    // The new bounds hold for newcomers as well.
    for (fair_room::guest next = 1000; next < 1100; ++next)
      room.enter({random() % 4}, next, random());
    CHECK(room.size() <= all);
  }
}
