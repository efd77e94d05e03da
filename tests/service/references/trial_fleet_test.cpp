// Trials, and what people are shown of groups. What breaks if these fail: an operator changes a reference or
// a policy without having been shown what follows.
#include "tests/service/references/campaign_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;
using namespace muster::service::fleet_test::led;

TEST_CASE("a trial says which machines would change and why, and changes nothing") {
  simulated_fleet fleet{50};
  begin(fleet);
  upgrade(fleet.machines[0]);
  fleet.attest({&fleet.machines[0]});
  const auto before = fleet.reader().newest().value();
  const auto trial = fleet.try_state_of(fleet.machines[0]);
  trial.read([](rest::Trial::Reader in) {
    CHECK(in.getMachines() == 50);
    CHECK(in.getGood() == 49);
    CHECK(in.getTurningBad() == 49);
    CHECK(in.getChanging() == 50);
    CHECK(in.getRefused());
    REQUIRE(in.getCauses().size() > 0);
    CHECK(in.getCauses()[0].getMachines() == 49); // one cause, not 49
    REQUIRE(in.getChanges().size() == 50);
    CHECK(in.getChanges()[1].getWhy().getCheck().size() > 0);
  });
  CHECK(fleet.reader().newest().value() == before);
  CHECK(fleet.untrusted() == 1);
  // The guard says the same on an accept without a trial.
  CHECK(code_of(fleet.accept(fleet.machines[0])) == errc::denied);
  CHECK(fleet.untrusted() == 1);
  REQUIRE(fleet.accept(fleet.machines[0], guard::overruled).ok());
  CHECK(fleet.untrusted() == 49);
}

TEST_CASE("before a stage ends, a trial says what that will do") {
  simulated_fleet fleet{10};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.stage_for = std::chrono::hours{8};
  upgrade_canaries(fleet, std::move(plan));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  REQUIRE(fleet.untrusted() == 0);
  fleet.clock->pass(std::chrono::hours{5});
  fleet.tick();
  CHECK(fleet.when_it_ends().empty());
  fleet.clock->pass(std::chrono::minutes{90});
  fleet.tick();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (fleet.when_it_ends().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(fleet.when_it_ends() == "5 good machines will turn untrusted");
  REQUIRE(fleet.step(campaign_verb::undo, guard::overruled).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  CHECK(fleet.when_it_ends().empty()); // another stage, whose end is far off
}

TEST_CASE("a trial in a group without machines is an error") {
  simulated_fleet fleet{3};
  begin(fleet);
  trial_request wanted;
  wanted.group = "wbe";
  wanted.set = fleet.state_of(fleet.machines.front()).reference;
  const auto tried = fleet.ask(wanted);
  CHECK(code_of(tried) == errc::not_found);
  CHECK(why(tried).find("no machine is in group wbe") != std::string::npos);
}

TEST_CASE("groups are listed with the set and policy that they are compared with") {
  simulated_fleet fleet{5};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage, guard::overruled).ok());
  const auto listed = fleet.ask(list_atom::value);
  REQUIRE(listed.ok());
  parse_view<rest::GroupList>(*listed)->read([&](rest::GroupList::Reader in) {
    REQUIRE(in.getGroups().size() == 2);
    CHECK(in.getGroups()[0].getGroup().size() == 0);
    CHECK(in.getGroups()[0].getReference().size() == 0);
    const auto web = in.getGroups()[1];
    CHECK(text_of(web.getGroup()) == "web");
    CHECK(web.getReference().size() == 64);
    CHECK(web.getStaged().size() == 64);
    CHECK(text_of(web.getOrigin()).starts_with("node "));
    CHECK(text_of(web.getBy()).starts_with("uid=0"));
    CHECK(text_of(web.getCampaign()) == "staged");
    CHECK(web.getPolicy().size() == 64);
  });
}
