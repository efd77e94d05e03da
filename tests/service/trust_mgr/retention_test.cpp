#include "service/trust_mgr/retention.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace std::chrono_literals;

TEST_CASE("results go by age and by size, the newest of a node never") {
  const retention_rules rules{24h, 1000};
  const wall_time now{100 * 3'600'000};
  const wall_time old{now.milliseconds - 25 * 3'600'000};
  const wall_time young{now.milliseconds - 23 * 3'600'000};
  CHECK(goes({old, true, false}, rules, now, 0));
  CHECK_FALSE(goes({young, true, false}, rules, now, 0));
  CHECK(goes({young, true, false}, rules, now, 1));
  CHECK_FALSE(goes({old, true, true}, rules, now, 1));
  CHECK(goes({young, false, false}, rules, now, 0));
  CHECK(goes({young, false, true}, rules, now, 0));
  // A clock that was set back makes nothing old.
  CHECK_FALSE(goes({now, true, false}, rules, old, 0));
}

TEST_CASE("passes are as frequent as the rules need, and no more") {
  CHECK(pass_interval({24h * 90, 0}) == 10min);
  CHECK(pass_interval({20s, 0}) == 2s);
  CHECK(pass_interval({1s, 0}) == 1s);
}
