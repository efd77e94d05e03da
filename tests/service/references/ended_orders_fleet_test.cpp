// What breaks if this fails: records of ended orders stay for ever, or are erased while an agent may still
// report.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

/// Gives up after a minute.
bool comes_down_to(simulated_fleet& fleet, std::size_t orders) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (fleet.ended_orders() > orders && std::chrono::steady_clock::now() < end)
    fleet.look_at_what_is_over();
  return fleet.ended_orders() == orders;
}

} // namespace

TEST_CASE("the record of an ended order is deleted after seven days, and no sooner") {
  simulated_fleet fleet{1};
  const auto now = fleet.clock->wall();
  const auto day = std::chrono::milliseconds{std::chrono::hours{24}};
  const auto ago = [&](int days) {
    return wall_time{now.milliseconds
                     - static_cast<std::uint64_t>(days) * static_cast<std::uint64_t>(day.count())};
  };
  // More orders than one tick erases: none may be left after a page.
  for (std::uint64_t n = 1; n <= 70; ++n)
    fleet.lay_ended({n}, ago(8));
  fleet.lay_ended({100}, ago(6));
  fleet.lay_ended({101}, ago(0));
  CHECK(comes_down_to(fleet, 2));
  fleet.look_at_what_is_over();
  CHECK(fleet.ended_orders() == 2);
  fleet.clock->pass(day + std::chrono::milliseconds{1});
  CHECK(comes_down_to(fleet, 1));
}
