// What breaks if these fail: one damaged group record stops the service for all, or shows its machines better
// than they are.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

struct web_and_db : simulated_fleet {
  web_and_db() : simulated_fleet{3} {
    attest_all();
    REQUIRE(accept(machines[0]).ok());
    REQUIRE(move(machines[2], "db").ok());
    REQUIRE(accept_for("db", machines[2]).ok());
    appraisal::samples::push_file(machines[1].used, "/usr/bin/implant", "an implant");
    clock->pass(std::chrono::seconds{1});
    attest_all();
    REQUIRE(shown(machines[0]) == "trusted");
    REQUIRE(shown(machines[1]) == "untrusted");
    REQUIRE(shown(machines[2]) == "trusted");
  }
  bool attests(machine& one) {
    open(one);
    return attest_on_open(one).ok();
  }
};

} // namespace

TEST_CASE("check 36: a group whose record is damaged judges no machine, and the other groups continue") {
  web_and_db fleet;
  auto& good = fleet.machines[0];
  auto& bad = fleet.machines[1];
  auto& other = fleet.machines[2];
  fleet.spoil_group(group);
  fleet.restart();
  CHECK(fleet.groups().find("web=group web: what is on record of it cannot be read") != std::string::npos);
  CHECK(fleet.groups().find("db=;") != std::string::npos);
  CHECK(fleet.shown(bad) == "untrusted");
  CHECK(fleet.attests(other));
  CHECK(fleet.shown(other) == "trusted");
  // Evidence brings neither a new lease nor a better verdict.
  const auto until = fleet.state_of(good).valid_until;
  fleet.clock->pass(std::chrono::seconds{1});
  CHECK_FALSE(fleet.attests(good));
  CHECK(fleet.state_of(good).valid_until == until);
  // People look for the reason at the machine.
  CHECK(fleet.unable(good).find("what is on record of it cannot be read") != std::string::npos);
  CHECK(fleet.unable(other).empty());
  bad.reboot();
  CHECK_FALSE(fleet.attests(bad));
  CHECK(fleet.shown(bad) == "untrusted");
  // What is bad without any reference stays bad.
  CHECK_FALSE(fleet.move(other, group).ok());

  CHECK(fleet.accept(good).ok());
  CHECK(fleet.groups().find("web=;") != std::string::npos);
  CHECK(fleet.attests(good));
  CHECK(fleet.unable(good).empty());
  CHECK(fleet.shown(good) == "trusted");
  CHECK(fleet.attests(bad));
  CHECK(fleet.shown(bad) == "trusted");
  fleet.restart();
  CHECK(fleet.groups().find("web=;") != std::string::npos);
}

TEST_CASE("check 36: a campaign in a group whose record is damaged can be ended") {
  web_and_db fleet;
  campaign_request plan;
  plan.canaries = {fleet.machines[0].id};
  REQUIRE(fleet.start_campaign(plan).ok());
  fleet.spoil_group(group);
  fleet.restart();
  fleet.tick();
  CHECK(fleet.step(campaign_verb::end).ok());
  CHECK(fleet.accept(fleet.machines[0]).ok());
}

TEST_CASE("check 36: nothing of a machine whose record is damaged counts until the machine is forgotten") {
  web_and_db fleet;
  auto& lost = fleet.machines[0];
  fleet.spoil_node(lost);
  fleet.restart();
  const auto said = fleet.shown(lost);
  CHECK(said.find("node " + to_string(lost.id) + ": its record cannot be read") != std::string::npos);
  CHECK(said.find("muster node forget") != std::string::npos);
  CHECK(fleet.shown(fleet.machines[2]) == "trusted");
  const auto renamed = fleet.rename(lost, "other");
  REQUIRE_FALSE(renamed.ok());
  CHECK(renamed.fault().check == said);
  CHECK(fleet.shown(lost) == said);
  CHECK(fleet.forget(lost).ok());
  CHECK(fleet.shown(lost).find("cannot be read") == std::string::npos);
  CHECK_FALSE(fleet.forget(lost).ok());
}
