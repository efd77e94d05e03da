// A known program under another known program's path, judged from what is on record. What breaks if these
// fail: the warning disappears with the next change of a policy, or of an unrelated set.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

TEST_CASE("check 28: a program that was replaced by another known one is still found when its machine is "
          "judged from its record") {
  simulated_fleet fleet{2};
  fleet.attest_all();
  REQUIRE(fleet.accept(fleet.machines[0]).ok());
  fleet.clock->pass(std::chrono::seconds{1});
  auto& bad = fleet.machines[1];
  appraisal::samples::push_file(bad.used, "/usr/bin/program-1", "/usr/bin/program-2 version 1");
  fleet.attest_all();
  const auto found = [&] {
    (void)fleet.verdicts();
    const auto state = fleet.state_of(bad);
    return state.verdict == verdict::warning && state.findings.size() == 1
           && state.findings[0].check == "ima.other-content";
  };
  CHECK(found());
  appraisal::policy p;
  p.exclude = {"/srv/data"};
  REQUIRE(fleet.reload(p));
  CHECK(found());
  // The content is known: an operator who accepts that can say so.
  p.of(appraisal::judged_check::other_content) = severity::note;
  REQUIRE(fleet.reload(p));
  CHECK(fleet.verdicts()[verdict::affirming] == 2);
}
