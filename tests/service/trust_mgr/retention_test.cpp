#include "service/trust_mgr/retention.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace muster;
using namespace muster::service;
using namespace std::chrono_literals;

TEST_CASE("results are erased by age and by size, but never a node's newest") {
  const retention_rules rules{24h, 1000};
  const wall_time now{100 * 3'600'000};
  const wall_time old{now.milliseconds - 25 * 3'600'000};
  const wall_time young{now.milliseconds - 23 * 3'600'000};
  CHECK(goes({{}, old, true, false}, rules, now, false));
  CHECK_FALSE(goes({{}, young, true, false}, rules, now, false));
  CHECK(goes({{}, young, true, false}, rules, now, true));
  CHECK_FALSE(goes({{}, old, true, true}, rules, now, true));
  CHECK(goes({{}, young, false, false}, rules, now, false));
  CHECK(goes({{}, young, false, true}, rules, now, false));
  // Setting the clock back makes nothing old.
  CHECK_FALSE(goes({{}, now, true, false}, rules, old, false));
}

TEST_CASE("check 25: a machine with large results displaces only its own") {
  const node_id quiet{{1}};
  const node_id loud{{2}};
  result_shares shares;
  const auto pass = [&](std::uint64_t bound) {
    shares.begin(bound);
    shares.stays(quiet, 100);
    for (unsigned i = 0; i < 10; ++i)
      shares.stays(loud, 500);
  };
  pass(4000);
  CHECK_FALSE(shares.over(loud)); // not counted yet
  pass(4000);
  CHECK(shares.over(loud)); // 5000 of 2000
  CHECK_FALSE(shares.over(quiet));
  for (unsigned i = 0; i < 6; ++i)
    shares.goes(loud, 500);
  CHECK_FALSE(shares.over(loud));
}

TEST_CASE("while all results together exceed the limit, some machine has more than its share") {
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    std::mt19937 dice{seed};
    result_shares shares;
    std::map<std::uint8_t, std::vector<std::uint64_t>> kept;
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < 200; ++i) {
      const auto size = dice() % 1000;
      kept[static_cast<std::uint8_t>(dice() % 20)].push_back(size);
      sum += size;
    }
    for (const auto& [node, sizes] : kept)
      for (const auto size : sizes)
        shares.stays(node_id{{node}}, size);
    const std::uint64_t bound = dice() % 50'000;
    shares.begin(bound);
    while (sum > bound) {
      const auto one = std::ranges::find_if(
          kept, [&](const auto& k) { return shares.over(node_id{{k.first}}) && !k.second.empty(); });
      REQUIRE(one != kept.end());
      shares.goes(node_id{{one->first}}, one->second.back());
      sum -= one->second.back();
      one->second.pop_back();
    }
  }
}

TEST_CASE("passes are as frequent as the rules require, and no more") {
  CHECK(pass_interval({24h * 90, 0}) == 10min);
  CHECK(pass_interval({20s, 0}) == 2s);
  CHECK(pass_interval({1s, 0}) == 1s);
}
