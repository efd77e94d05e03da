#include "tests/hub/relay/tower.hpp"

#include <doctest/doctest.h>

#include <random>

namespace muster::hub {

namespace {

struct dice final : test::choices {
  explicit dice(std::uint64_t seed) : random{seed} {}
  std::size_t below(std::size_t n) override { return random() % n; }
  std::mt19937_64 random;
};

} // namespace

TEST_CASE("relay: whatever the order of events and losses, each connection keeps its bytes, and moves") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    dice chance{seed};
    test::tower tower{{1 + chance.below(14), chance.below(5) * 20'000}};
    for (int i = 0; i < 2500; ++i)
      if (const auto wrong = tower.step(chance)) FAIL(*wrong);
    if (const auto wrong = tower.settle()) FAIL(*wrong);
  }
}

TEST_CASE("relay: without a link above nobody gets in, and nobody stays") {
  relay table{{}};
  CHECK_FALSE(table.port_opened({1}, "10.0.0.1:1"));
  table.above_opened({});
  CHECK(table.port_opened({2}, "10.0.0.1:2"));
  table.above_lost();
  const auto orders = table.take_orders();
  REQUIRE(orders.size() == 1);
  CHECK(std::get<port_close>(orders[0]).port == port_id{2});
  CHECK(table.streams() == 0);
}

TEST_CASE("relay: a path that is too deep ends its stream, and only that") {
  relay table{{}};
  table.above_opened({});
  table.link_opened({1}, "h8");
  CHECK(
      table.link_said({1}, link::stream_open{{1}, {"a", std::vector<std::string>(link::deepest_path, "h")}}));
  CHECK(table.link_said(
      {1}, link::stream_open{{2}, {"b", std::vector<std::string>(link::deepest_path - 1, "h")}}));
  CHECK(table.streams() == 1);
  const auto told = table.next_below({1});
  REQUIRE(told);
  CHECK(std::get<link::stream_close>(*told).stream == link::stream_id{1});
  CHECK_FALSE(table.next_below({1}));
}

} // namespace muster::hub
