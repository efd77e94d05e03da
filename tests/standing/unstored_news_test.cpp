// What breaks if these fail: an implant that was found is shown trusted for as long as the disk is full.
#include "standing/unstored_news.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

/// What was on record before the news.
node_state good_state() {
  node_state out;
  out.verdict = verdict::affirming;
  out.result = {5};
  return out;
}

node_state state_with(std::uint64_t number, std::uint64_t version, verdict what = verdict::contraindicated) {
  node_state out;
  out.number = {number};
  out.appraisal_version = version;
  out.verdict = what;
  return out;
}

state_ptr shown_of(const unstored_news& watch, const node_id& id) {
  const auto all = watch.worse_than_recorded();
  const auto found = all.find(id);
  return found == all.end() ? nullptr : found->second;
}

} // namespace

TEST_CASE("check 30: bad news that is not on record is shown until a record contains it") {
  unstored_news watch;
  const node_id id{{1}};
  CHECK(shown_of(watch, id) == nullptr);
  watch.decided(id, good_state(), state_with(7, 2));
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(shown_of(watch, node_id{{2}}) == nullptr);
  const auto renamed = state_with(6, 2, verdict::affirming); // decided on the record, which has no news
  watch.settle(id, &renamed);
  CHECK(shown_of(watch, id) != nullptr);
  const auto older_set = state_with(7, 1);
  watch.settle(id, &older_set);
  CHECK(shown_of(watch, id) != nullptr);
  const auto landed = state_with(7, 2);
  watch.settle(id, &landed);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: news is what makes a machine untrusted that was not, and nothing else") {
  for (const auto before : {verdict::none, verdict::affirming, verdict::warning, verdict::contraindicated})
    for (const auto after : {verdict::none, verdict::affirming, verdict::warning, verdict::contraindicated}) {
      unstored_news watch;
      const node_id id{{1}};
      auto old = good_state();
      old.verdict = before;
      auto decided = state_with(7, 2, after);
      decided.result = {~std::uint64_t{0}}; // it has no number yet
      watch.decided(id, old, decided);
      const auto shown = shown_of(watch, id);
      const bool news = after == verdict::contraindicated && before != verdict::contraindicated;
      REQUIRE((shown != nullptr) == news);
      if (news) CHECK(shown->result == old.result); // who asks for its evidence finds the one on record
    }
}

TEST_CASE("check 30: bad news ends with the next attestation that is on record, whatever it says") {
  unstored_news watch;
  const node_id id{{1}};
  node_state bad;
  bad.number = {7};
  bad.verdict = verdict::contraindicated;
  bad.since = {2000};
  watch.decided(id, good_state(), bad);
  node_state good; // decided on a record that was good all the time
  good.number = {8};
  good.verdict = verdict::affirming;
  good.since = {1000};
  watch.settle(id, &good);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: bad news ends with the machine's record, and with its generation") {
  unstored_news watch;
  const node_id id{{1}};
  watch.decided(id, good_state(), state_with(7, 2));
  watch.settle(id, nullptr);
  CHECK(shown_of(watch, id) == nullptr);
  watch.decided(id, good_state(), state_with(7, 2));
  node_state next;
  next.generation = {2};
  watch.settle(id, &next);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: bad news is shown while it waits for its turn behind another change") {
  unstored_news watch;
  const node_id id{{1}};
  finding told;
  told.check = "ima.unknown-file";
  told.level = severity::failure;
  auto on_record = good_state();
  on_record.valid_until = {9000};
  const auto first = watch.arrived(id, on_record, {told});
  const auto second = watch.arrived(id, on_record, {told});
  watch.had_its_turn(id, first);
  const auto shown = shown_of(watch, id);
  REQUIRE(shown != nullptr);
  CHECK(shown->verdict == verdict::contraindicated);
  CHECK(shown->valid_until.milliseconds == 0);
  REQUIRE(shown->findings.size() == 1);
  CHECK(shown->findings.front().check == told.check);
  CHECK(shown->findings_total == 1);
  // The change before it lands, and knows nothing of it.
  watch.settle(id, &on_record);
  CHECK(shown_of(watch, id) != nullptr);
  watch.had_its_turn(id, second);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: that a lease ended is news, and takes the place of nothing worse") {
  const node_id id{{1}};
  auto ended = good_state();
  ended.number = {7};
  ended.lease_ended = true;
  unstored_news watch;
  watch.decided(id, good_state(), ended);
  const auto shown = shown_of(watch, id);
  REQUIRE(shown != nullptr);
  CHECK(shown->lease_ended);
  auto renamed = good_state(); // decided on the record, whose lease runs
  renamed.number = {7};
  watch.settle(id, &renamed);
  CHECK(shown_of(watch, id) != nullptr);
  watch.settle(id, &ended);
  CHECK(shown_of(watch, id) == nullptr);

  watch.decided(id, good_state(), state_with(7, 2));
  ended.number = {8};
  watch.decided(id, good_state(), ended);
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(shown_of(watch, id)->verdict == verdict::contraindicated);
  // Asked for whole logs, the machine showed nothing yet.
  watch.settle(id, &ended);
  CHECK(shown_of(watch, id) != nullptr);
}

TEST_CASE("who asks whether the service is well hears of commits that fail or are late") {
  unstored_news watch;
  CHECK(watch.healthy({1000}).ok());
  watch.sent({1000});
  watch.sent({4000});
  CHECK(watch.healthy({1000 + unstored_news::late_ms - 1}).ok());
  CHECK_FALSE(watch.healthy({1000 + unstored_news::late_ms}).ok());
  watch.answered({});
  CHECK(watch.healthy({1000 + unstored_news::late_ms}).ok()); // the other one is younger
  watch.answered(fault{errc::io, "no space left"});
  const auto full = watch.healthy({5000});
  REQUIRE_FALSE(full.ok());
  CHECK(full.fault().check.find("no space left") != std::string::npos);
  watch.sent({6000});
  watch.answered({});
  CHECK(watch.healthy({6000}).ok());
}
