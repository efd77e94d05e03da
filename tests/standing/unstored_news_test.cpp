// What breaks if these fail: a machine with a detected implant is shown as trusted while the disk is full.
#include "standing/unstored_news.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

/// The record before the news.
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
  return found == all.end() ? nullptr : found->second.told;
}

constexpr auto by_evidence = change_source::evidence;
constexpr auto by_people = change_source::people;
constexpr auto by_judgement = change_source::judgement;

/// A change that was decided, but refused by the disk.
void lose(unstored_news& watch, const node_id& id, const node_state& before, const node_state& after,
          change_source by) {
  watch.decided(id, before, after, by);
  watch.lost(id);
}

} // namespace

TEST_CASE("check 30: bad news is shown until a record contains it") {
  unstored_news watch;
  const node_id id{{1}};
  CHECK(shown_of(watch, id) == nullptr);
  watch.decided(id, good_state(), state_with(7, 2), by_evidence);
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(shown_of(watch, node_id{{2}}) == nullptr);
  const auto landed = state_with(7, 2);
  watch.landed(id, &landed, by_evidence);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: bad news that was never decided is shown until a later attestation is on record") {
  unstored_news watch;
  const node_id id{{1}};
  auto record = good_state();
  record.number = {7};
  const auto ticket = watch.arrived(id, record, {finding{}});
  watch.had_no_turn(id, ticket);
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(shown_of(watch, id)->verdict == verdict::contraindicated);
  watch.decided(id, record, record, by_people);
  watch.landed(id, &record, by_people);
  CHECK(shown_of(watch, id) != nullptr);
  record.number = {8};
  watch.landed(id, &record, by_evidence);
  CHECK(shown_of(watch, id) == nullptr);
}

// The wall clock may step back between the two changes, so their times must not matter.
TEST_CASE("check 30: a change of something else does not end bad news that was lost") {
  unstored_news watch;
  const node_id id{{1}};
  auto record = good_state();
  record.number = {7};
  record.since = {5000};
  auto bad = record; // bad news of an older session leaves the number as it is
  bad.verdict = verdict::contraindicated;
  bad.since = {1000};
  lose(watch, id, record, bad, by_evidence);
  watch.decided(id, record, record, by_people);
  watch.landed(id, &record, by_people);
  CHECK(shown_of(watch, id) != nullptr);
  auto judged = record;
  judged.appraisal_version = 9;
  watch.decided(id, record, judged, by_judgement);
  watch.landed(id, &judged, by_judgement);
  CHECK(shown_of(watch, id) != nullptr);
  judged.number = {8};
  watch.decided(id, record, judged, by_evidence);
  watch.landed(id, &judged, by_evidence);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: a new judgement lifts an earlier judgement, but nothing that a machine reported") {
  unstored_news watch;
  const node_id id{{1}};
  lose(watch, id, good_state(), state_with(7, 2), by_judgement);
  auto lifted = state_with(5, 3, verdict::affirming);
  watch.landed(id, &lifted, by_judgement);
  CHECK(shown_of(watch, id) == nullptr);
  // A policy makes the machine untrusted, then the machine reports an implant.
  // The next policy lifts only the former.
  lose(watch, id, good_state(), state_with(5, 4), by_judgement);
  lose(watch, id, state_with(5, 4), state_with(6, 4), by_evidence);
  lifted.appraisal_version = 5;
  watch.landed(id, &lifted, by_judgement);
  CHECK(shown_of(watch, id) != nullptr);
}

TEST_CASE("check 30: an order that the disk refused did not happen") {
  unstored_news watch;
  const node_id id{{1}};
  watch.decided(id, good_state(), state_with(7, 2), by_people);
  CHECK(shown_of(watch, id) != nullptr);
  watch.lost(id);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: only a change that makes a machine untrusted is news") {
  for (const auto by : {by_people, change_source::machine, by_evidence, by_judgement})
    for (const auto before : {verdict::none, verdict::affirming, verdict::warning, verdict::contraindicated})
      for (const auto after :
           {verdict::none, verdict::affirming, verdict::warning, verdict::contraindicated}) {
        unstored_news watch;
        const node_id id{{1}};
        auto old = good_state();
        old.verdict = before;
        auto decided = state_with(7, 2, after);
        decided.result = {~std::uint64_t{0}}; // the result has no number yet
        watch.decided(id, old, decided, by);
        const auto shown = shown_of(watch, id);
        const bool news =
            after == verdict::contraindicated && (before != verdict::contraindicated || by == by_evidence);
        REQUIRE((shown != nullptr) == news);
        if (news) CHECK(shown->result == old.result); // requests for its evidence find the one on record
      }
}

TEST_CASE("check 30: bad news ends with the machine's record, and with its generation") {
  unstored_news watch;
  const node_id id{{1}};
  lose(watch, id, good_state(), state_with(7, 2), by_evidence);
  watch.landed(id, nullptr, by_people);
  CHECK(shown_of(watch, id) == nullptr);
  lose(watch, id, good_state(), state_with(7, 2), by_evidence);
  node_state next;
  next.generation = {2};
  watch.landed(id, &next, change_source::machine);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: bad news is shown while it waits for another change") {
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
  // The earlier change lands, and does not contain the news.
  watch.landed(id, &on_record, by_people);
  CHECK(shown_of(watch, id) != nullptr);
  watch.had_its_turn(id, second);
  CHECK(shown_of(watch, id) == nullptr);
}

TEST_CASE("check 30: the end of a lease is news, and replaces nothing worse") {
  const node_id id{{1}};
  auto ended = good_state();
  ended.number = {7};
  ended.owes_whole_logs = true;
  unstored_news watch;
  lose(watch, id, good_state(), ended, change_source::machine);
  const auto shown = shown_of(watch, id);
  REQUIRE(shown != nullptr);
  CHECK(shown->owes_whole_logs);
  auto renamed = good_state(); // decided on the record, which still has a lease
  renamed.number = {7};
  watch.landed(id, &renamed, by_people);
  CHECK(shown_of(watch, id) != nullptr);
  watch.landed(id, &ended, change_source::machine);
  CHECK(shown_of(watch, id) == nullptr);

  lose(watch, id, good_state(), state_with(7, 2), by_evidence);
  ended.number = {8};
  lose(watch, id, good_state(), ended, by_evidence);
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(shown_of(watch, id)->verdict == verdict::contraindicated);
  // Whole logs were requested, but the machine has shown nothing yet.
  watch.landed(id, &ended, by_evidence);
  CHECK(shown_of(watch, id) != nullptr);
}

TEST_CASE("check 30: a machine that named another boot has no lease while that waits for its turn") {
  unstored_news watch;
  const node_id id{{1}};
  auto record = good_state();
  record.lease.until = {9'000};
  record.boot = boot_id{{7}};
  const auto which = watch.named(id, boot_id{{8}});
  const auto news = watch.worse_than_recorded().at(id);
  const auto shown = worse_of(record, news);
  CHECK(shown.owes_whole_logs);
  CHECK(shown.lease.until == boot_time{});
  CHECK(shown.verdict == record.verdict);
  // The news must not hide a worse record that lands meanwhile.
  auto judged = record;
  judged.verdict = verdict::contraindicated;
  CHECK(worse_of(judged, news).verdict == verdict::contraindicated);
  // By now the record has the boot that the session named, or there is no record.
  auto of_that_boot = record;
  of_that_boot.boot = boot_id{{8}};
  CHECK_FALSE(worse_of(of_that_boot, news).owes_whole_logs);
  CHECK_FALSE(worse_of(node_state{}, news).owes_whole_logs);
  // Another session names the boot on record, but the first session's boot still waits.
  const auto other = watch.named(id, boot_id{{7}});
  CHECK(worse_of(record, watch.worse_than_recorded().at(id)).owes_whole_logs);
  watch.had_its_turn(id, which);
  CHECK_FALSE(worse_of(record, watch.worse_than_recorded().at(id)).owes_whole_logs);
  watch.had_its_turn(id, other);
  CHECK(watch.worse_than_recorded().empty());
}

TEST_CASE("check 30: a lease end that was lost hides no worse record") {
  unstored_news watch;
  const node_id id{{1}};
  auto ended = good_state();
  ended.owes_whole_logs = true;
  lose(watch, id, good_state(), ended, change_source::machine);
  auto judged = good_state();
  judged.verdict = verdict::contraindicated;
  watch.decided(id, good_state(), judged, by_judgement);
  watch.landed(id, &judged, by_judgement);
  REQUIRE(shown_of(watch, id) != nullptr);
  CHECK(worse_of(judged, watch.worse_than_recorded().at(id)).verdict == verdict::contraindicated);
}

TEST_CASE("check 30: the health check notices commits that fail or are late") {
  unstored_news watch;
  CHECK(watch.healthy({1000}).ok());
  const auto large = watch.sent({1000});
  const auto first = watch.sent({1000});
  const auto second = watch.sent({4000});
  CHECK(watch.healthy({1000 + unstored_news::late_ms - 1}).ok());
  CHECK_FALSE(watch.healthy({1000 + unstored_news::late_ms}).ok());
  watch.answered(first, {}); // it overtook the large one, which is still late
  CHECK_FALSE(watch.healthy({1000 + unstored_news::late_ms}).ok());
  watch.answered(large, {});
  CHECK(watch.healthy({1000 + unstored_news::late_ms}).ok()); // the second one is younger
  watch.answered(second, fault{errc::io, "no space left"});
  const auto full = watch.healthy({5000});
  REQUIRE_FALSE(full.ok());
  CHECK(full.fault().check.find("no space left") != std::string::npos);
  watch.answered(watch.sent({6000}), {});
  CHECK(watch.healthy({6000}).ok());
}
