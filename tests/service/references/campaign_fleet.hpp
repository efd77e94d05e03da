// A fleet of a thousand machines on the way from one reference to the next.
#pragma once

#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

namespace muster::service::fleet_test::led {
using namespace muster::service;

inline constexpr std::size_t fleet_size = 1000;
inline constexpr std::size_t canaries = 5;

inline campaign_request plan_of(const simulated_fleet& fleet, std::uint32_t quorum = 3) {
  campaign_request out;
  for (std::size_t i = 0; i < canaries; ++i)
    out.canaries.push_back(fleet.machines[i].id);
  out.quorum = quorum;
  return out;
}

/// The package manager replaces files on a running machine, one after the other, and programs continue to use
/// them.
inline void upgrade_files(machine& one, std::size_t how_many = 10) {
  for (auto& [path, version] : one.files) {
    if (how_many-- == 0) return;
    version = 2;
    one.use(path);
  }
}

inline void upgrade(machine& one) {
  upgrade_files(one);
  one.kernel = 2;
  one.reboot();
}

inline void implant(machine& one) {
  appraisal::samples::push_file(one.used, "/usr/bin/program-3", "an implant");
}

inline std::string why(const rest_answer& answer) {
  return answer ? std::string{"done"} : answer.fault().check;
}
inline errc code_of(const rest_answer& answer) { return answer ? errc::internal : answer.fault().code; }

/// A fleet that runs version 1 and is trusted.
inline void begin(simulated_fleet& fleet) {
  fleet.attest_all();
  REQUIRE_MESSAGE(fleet.accept(fleet.machines.front()).ok(), "accept");
  fleet.clock->pass(std::chrono::seconds{1});
  fleet.attest_all();
  REQUIRE(fleet.verdicts()[verdict::affirming] == fleet.machines.size());
}

/// Begins a campaign whose canaries run version 2 and have attested.
inline void upgrade_canaries(simulated_fleet& fleet, campaign_request plan) {
  REQUIRE(fleet.start_campaign(std::move(plan)).ok());
  fleet.clock->pass(std::chrono::seconds{1});
  std::vector<machine*> some;
  for (std::size_t i = 0; i < canaries; ++i) {
    upgrade(fleet.machines[i]);
    some.push_back(&fleet.machines[i]);
  }
  fleet.attest(some);
}

} // namespace muster::service::fleet_test::led
