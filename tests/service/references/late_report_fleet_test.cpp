// What breaks if this fails: an order counts as done by the report of a session that is over, although the
// order was handed out again and may still run.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

TEST_CASE("check 32: a report from a session that was superseded is dropped") {
  simulated_fleet fleet{1};
  auto& one = fleet.machines.front();
  fleet.open(one);
  const auto older = one.epoch;
  const auto order = fleet.order(one, command_kind::renew);
  fleet.open(one);
  REQUIRE(one.epoch > older);
  fleet.report(one, older, {order, command_outcome::failed, "of the session before"});
  CHECK(fleet.open_orders() == std::vector{order});
  fleet.report(one, one.epoch, {order, command_outcome::done, ""});
  CHECK(fleet.open_orders().empty());
}
