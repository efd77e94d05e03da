#include "standing/node_allowance.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <random>
#include <vector>

using namespace muster;
using namespace muster::service;
using namespace std::chrono_literals;

TEST_CASE("check 25: a node never gets more than the burst and one in each pause, whenever it asks") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    node_allowance allowance{8, 600s};
    std::map<int, std::vector<std::uint64_t>> given;
    boot_time now{random() % 1'000'000};
    for (int i = 0; i < 20'000; ++i) {
      now.milliseconds += random() % 20 == 0 ? random() % 2'000'000 : random() % 2'000;
      const int who = static_cast<int>(random() % 3);
      if (allowance.spend({{static_cast<std::uint8_t>(who)}}, now)) given[who].push_back(now.milliseconds);
    }
    for (const auto& [who, times] : given)
      for (std::size_t i = 0; i + 8 < times.size(); ++i) // nine in a row need at least one pause
        CHECK(times[i + 8] - times[i] >= 600'000);
  }
}

TEST_CASE("a node that asks rarely is never refused, and one that asks too often learns when it may again") {
  node_allowance allowance{8, 600s};
  const node_id rare{{1}}, often{{2}};
  for (std::uint64_t t = 0; t < 1000; ++t)
    CHECK(allowance.spend(rare, {t * 600'000}).ok());
  for (int i = 0; i < 8; ++i)
    CHECK(allowance.spend(often, {5}).ok());
  CHECK(allowance.until_next({{3}}, {5}) == 0ms);
  const auto refused = allowance.spend(often, {100'005});
  CHECK(allowance.until_next(often, {100'005}) == 500s);
  CHECK(allowance.until_next(often, {600'005}) == 0ms);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::limit);
  CHECK(refused.fault().check.find("in 501 s") != std::string::npos);
  CHECK(allowance.spend(often, {600'005}).ok());
}

TEST_CASE("nodes that have their whole burst again are forgotten") {
  node_allowance allowance{8, 600s};
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    node_id one;
    std::memcpy(one.raw.data(), &i, sizeof i);
    CHECK(allowance.spend(one, {i * 1000}).ok());
  }
  CHECK(allowance.remembered() < 10'000);
}
