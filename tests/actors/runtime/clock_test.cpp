#include "actors/runtime/clock.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace muster;

TEST_CASE("the machine's clock knows its boot and does not go back") {
  const auto clock = runtime::make_machine_clock();
  REQUIRE(clock);
  CHECK((*clock)->boot() != boot_id{});
  CHECK((*clock)->boot() == runtime::make_machine_clock().value()->boot());
  const auto before = (*clock)->since_boot();
  CHECK((*clock)->since_boot() >= before);
  CHECK((*clock)->wall().milliseconds > 1'600'000'000'000);
}

TEST_CASE("a boot id that is missing or malformed is a fault") {
  CHECK_FALSE(runtime::make_machine_clock("/nonexistent"));
  const auto path = std::string{MUSTER_BINARY_DIR} + "/clock_test.boot_id";
  std::ofstream{path} << "not a boot id\n";
  const auto clock = runtime::make_machine_clock(path);
  REQUIRE_FALSE(clock);
  CHECK(clock.fault().code == errc::malformed);
}
