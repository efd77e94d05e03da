// When a machine is asked for whole logs (docs/protocol.md 4).
#include "appraisal/attestation/attestation_outcome.hpp"
#include "standing/decision.hpp"
#include "standing/whole_logs.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace muster;
using namespace muster::service;

namespace {

decided does_not_go_on(const node_state& before, bool booted, wall_time now) {
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::again;
  outcome->reason = "the boot log changed";
  outcome->booted = booted;
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  decision_request request;
  request.number = {before.number.value + 1};
  request.context = context;
  request.outcome = outcome;
  return decide(before, node_record{}, request, {}, {{}, {1000}, now});
}

} // namespace

TEST_CASE(
    "a log that does not continue causes a request for whole logs once an hour; sooner it causes a verdict") {
  const auto first = does_not_go_on({}, false, {1'000'000});
  CHECK(first.ask_full_log);
  const auto again = does_not_go_on(first.state, false, {1'000'001});
  CHECK_FALSE(again.ask_full_log);
  CHECK(again.state.verdict == verdict::contraindicated);
  CHECK(does_not_go_on(first.state, false, {1'000'000 + 3'600'000}).ask_full_log);
}

TEST_CASE("check 17: bad news from a log that does not continue counts, although whole logs are requested") {
  for (const bool booted : {false, true}) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::again;
    outcome->booted = booted;
    outcome->findings.push_back(
        {finding_kind::evidence, severity::failure, "evidence.unproven", {}, {}, {}, {}, {}});
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    decision_request request;
    request.context = context;
    request.outcome = outcome;
    const auto after = decide({}, node_record{}, request, {}, {{}, {1000}, {1'000'000}});
    CHECK_FALSE(after.ask_full_log);
    CHECK(after.state.verdict == verdict::contraindicated);
  }
}

TEST_CASE("check 17: claims that an increment outdates are not trusted until whole logs came") {
  const finding behind{finding_kind::evidence, severity::warning, "evidence.behind", {}, {}, {}, {}, {}};
  const finding moved{finding_kind::event, severity::failure, "boot.unexplained", {}, {}, {}, {}, {}};
  const auto decided_on = [](std::vector<finding> found, wall_time asked) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::verified;
    outcome->what = appraisal::occasion::increment;
    outcome->boot.emplace();
    outcome->findings = std::move(found);
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    node_state before;
    before.boot.emplace();
    before.verdict = verdict::affirming;
    before.lease.until = {5000};
    before.full_log_asked = asked;
    node_record node;
    node.level = endorsement::vendor;
    decision_request request;
    request.context = context;
    request.outcome = outcome;
    return decide(before, node, request, {}, {{}, {1000}, {1'000'000}});
  };
  const auto first = decided_on({behind}, {});
  CHECK(first.ask_full_log);
  CHECK(first.state.lease.until.milliseconds == 0);
  CHECK(first.state.owes_whole_logs);
  CHECK(first.state.full_log_asked.milliseconds == 1'000'000);
  const auto sooner = decided_on({behind}, {999'999});
  CHECK_FALSE(sooner.ask_full_log);
  CHECK(sooner.state.lease.until.milliseconds == 0); // it may hide something worse than a warning
  CHECK(sooner.state.verdict != verdict::affirming);
  REQUIRE(sooner.state.findings.size() == 1); // because of it, a challenge asks for whole logs in an hour
  CHECK(sooner.state.full_log_asked.milliseconds == 999'999);
  // A bad verdict is not postponed.
  const auto bad = decided_on({moved, behind}, {});
  CHECK_FALSE(bad.ask_full_log);
  CHECK(bad.state.verdict == verdict::contraindicated);
  CHECK(bad.state.findings.size() == 2);
}

TEST_CASE(
    "check 17: an increment that was on its way when whole logs were requested does not restore the lease") {
  for (const auto what : {appraisal::occasion::increment, appraisal::occasion::full_log}) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::verified;
    outcome->what = what;
    outcome->boot.emplace();
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    node_state before;
    before.boot.emplace();
    before.owes_whole_logs = true;
    node_record node;
    node.level = endorsement::vendor;
    decision_request request;
    request.context = context;
    request.outcome = outcome;
    const auto after = decide(before, node, request, {}, {{}, {1000}, {1'000'000}}).state;
    CHECK(after.owes_whole_logs == (what == appraisal::occasion::increment));
    CHECK((after.lease.until.milliseconds != 0) == (what == appraisal::occasion::full_log));
  }
}

TEST_CASE(
    "check 25: a finding about evidence causes a request for whole logs at once, and its time is on record") {
  const finding doubt{finding_kind::evidence, severity::failure, "evidence.unproven", {}, {}, {}, {}, {}};
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  const auto fails = [&](const node_state& before, bool whole, wall_time now) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->findings = {doubt};
    decision_request request;
    request.context = context;
    request.outcome = outcome;
    request.whole = whole;
    return decide(before, node_record{}, request, {}, {{}, {1000}, now}).state;
  };
  node_state before;
  before.full_log_asked = {900'000}; // for another reason
  const auto opened = fails(before, false, {1'000'000});
  CHECK(may_ask_again(opened, {1'000'000}));
  const auto failed = fails(opened, true, {1'000'100});
  CHECK(failed.full_log_asked.milliseconds == 1'000'100);
  CHECK_FALSE(may_ask_again(failed, {1'000'100 + 3'599'999}));
  CHECK(may_ask_again(failed, {1'000'100 + 3'600'000}));
  // Further bad news in an increment does not change the time of the request.
  CHECK(fails(failed, false, {2'000'000}).full_log_asked.milliseconds == 1'000'100);
}

TEST_CASE("bad news from an unfinished attestation ends the lease, and the newest result stays the newest") {
  node_state before;
  before.epoch = {7};
  before.number = {70};
  before.verdict = verdict::affirming;
  before.lease.until = {5000};
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->findings.push_back(
      {finding_kind::evidence, severity::failure, "evidence.unproven", {}, {}, {}, {}, {}});
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  decision_request late;
  late.epoch = {6};
  late.number = {69};
  late.context = context;
  late.outcome = outcome;
  late.bad_news = true;
  const auto after = decide(before, node_record{}, late, {}, {{}, {1000}, {1'000'000}});
  CHECK(after.state.verdict == verdict::contraindicated);
  CHECK(after.verdict_changed);
  CHECK(after.state.lease.until.milliseconds == 0);
  CHECK(after.state.epoch.value == 7);
  CHECK(after.state.number.value == 70);
  CHECK_FALSE(after.alarmed);
}

TEST_CASE("check 25: a record that is too large to judge is a failure, and leaves no lease") {
  node_state before;
  before.verdict = verdict::affirming;
  before.lease.until = {5000};
  appraisal_context context;
  context.policy = std::make_shared<const appraisal::policy>();
  const auto after =
      take_unjudgeable(before, node_record{}, context, {errc::limit, "claims: more files than fit"}, {1});
  CHECK(after.state.verdict == verdict::contraindicated);
  CHECK(after.state.lease.until.milliseconds == 0);
  CHECK(after.state.findings.at(0).check == "evidence.record");
  CHECK(after.verdict_changed);
}

TEST_CASE("a request for whole logs keeps all evidence: the newest result stays what it was") {
  node_state before;
  before.evidence_kept = true;
  const auto asked = does_not_go_on(before, true, {1'000'000});
  REQUIRE(asked.ask_full_log);
  CHECK(asked.state.evidence_kept);
}

TEST_CASE(
    "a machine that rebooted is asked for whole logs each time, however soon, and that uses up no request") {
  const auto first = does_not_go_on({}, true, {1'000'000});
  CHECK(first.ask_full_log);
  const auto again = does_not_go_on(first.state, true, {1'000'001});
  CHECK(again.ask_full_log);
  CHECK(again.state.verdict == verdict::none);
  CHECK(does_not_go_on(again.state, false, {1'000'002}).ask_full_log);
}

TEST_CASE("check 17: trust ends with the record that requests whole logs, not when the logs arrive") {
  for (const bool booted : {false, true}) {
    node_state before;
    before.boot.emplace();
    before.verdict = verdict::affirming;
    before.lease.until = {5000};
    before.valid_until = {6000};
    const auto after = does_not_go_on(before, booted, {1'000'000});
    REQUIRE(after.ask_full_log);
    CHECK(after.state.lease.until.milliseconds == 0);
    CHECK(after.state.valid_until.milliseconds == 0);
    CHECK(after.state.owes_whole_logs); // so a hello that names another boot is nothing new
    CHECK(after.state.verdict == verdict::affirming);
  }
}

TEST_CASE(
    "check 17: a quote that shows that the recorded boot ended also ends its lease, even if no logs follow") {
  struct row {
    std::uint32_t reset, restart;
    bool ends;
  };
  for (const auto& [reset, restart, ends] :
       {row{8, 0, true}, row{7, 2, true}, row{7, 1, false}, row{6, 9, false}}) {
    CAPTURE(reset);
    CAPTURE(restart);
    node_state before;
    before.boot.emplace();
    before.reset_count = 7;
    before.restart_count = 1;
    before.verdict = verdict::affirming;
    before.lease.until = {5000};
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::again;
    outcome->ended = tpm::clock_info{1000, reset, restart, true};
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    decision_request late;
    late.context = context;
    late.outcome = outcome;
    late.bad_news = true;
    const auto after = decide(before, node_record{}, late, {}, {{}, {1000}, {1'000'000}});
    CHECK((after.state.lease.until.milliseconds == 0) == ends);
    CHECK(ends_lease(before, *outcome) == ends);
    CHECK_FALSE(ends_lease(after.state, *outcome)); // once
    CHECK(after.state.verdict == verdict::affirming);
  }
}

namespace {

struct written {
  bool cleared = false;
  std::size_t files = 0;
};

/// The records written for whole logs with three files, two of which are on record already.
written recorded(const node_state& before, bool unread) {
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::verified;
  outcome->what = appraisal::occasion::full_log;
  outcome->boot.emplace();
  const bytes32 digest{};
  for (const auto* path : {"/a", "/b", "/c"})
    REQUIRE(outcome->files.push({appraisal::file_kind::file, hash_algorithm::sha256, digest, path}));
  outcome->known_claims = 2;
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  decision_request request;
  request.context = context;
  request.outcome = outcome;
  request.evidence = std::make_shared<const node_evidence>();
  auto after = decide(before, node_record{}, request, {}, {{}, {1000}, {1'000'000}});
  after.unread = unread;
  node_change change{{}, {}, change_source::evidence};
  record_decision(change, before, after, node_record{}, request, {1'000'000});
  written out;
  for (const auto& one : change.batch.operations()) {
    out.cleared = out.cleared || std::holds_alternative<store_operation::clear_claims>(one);
    if (const auto* more = std::get_if<store_operation::add_claims>(&one)) out.files += more->files.size();
  }
  return out;
}

} // namespace

TEST_CASE("check 25: a file that is on record already is not written again, unless that mends the record") {
  node_state sound;
  sound.boot.emplace();
  sound.boot_claims.emplace();
  const auto again = recorded(sound, false);
  CHECK_FALSE(again.cleared);
  CHECK(again.files == 1);
  auto damaged = sound;
  damaged.findings.push_back(
      {finding_kind::evidence, severity::failure, "evidence.record", {}, {}, {}, {}, {}});
  auto forgotten = sound;
  forgotten.boot_claims.reset();
  for (const auto& mended : {recorded(damaged, false), recorded(forgotten, false), recorded(sound, true)}) {
    CHECK(mended.cleared);
    CHECK(mended.files == 3);
  }
}

TEST_CASE(
    "check 17: once whole logs are owed there is no lease until they verify, whatever the order of events") {
  const finding behind{finding_kind::evidence, severity::warning, "evidence.behind", {}, {}, {}, {}, {}};
  const finding violated{finding_kind::claim, severity::warning, "ima.violation", {}, {}, {}, {}, {}};
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  node_record node;
  node.level = endorsement::vendor;
  std::mt19937 random{17};
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  for (int life = 0; life < 500; ++life) {
    node_state state;
    state.boot.emplace();
    bool owed = false;
    std::uint64_t now = 1'000'000;
    for (int step = 0; step < 30; ++step) {
      now += random() % (one_in(3) ? 7'200'000 : 60'000);
      auto outcome = std::make_shared<appraisal::attestation_outcome>();
      outcome->boot.emplace();
      decision_request request;
      request.context = context;
      request.whole = one_in(3);
      request.bad_news = one_in(8);
      outcome->what = request.whole ? appraisal::occasion::full_log : appraisal::occasion::increment;
      outcome->end = one_in(5) ? appraisal::attestation_end::again : appraisal::attestation_end::verified;
      if (request.bad_news) outcome->end = appraisal::attestation_end::failed;
      if (!request.whole && one_in(3)) outcome->findings.push_back(behind);
      if (one_in(4)) outcome->findings.push_back(violated);
      const bool verified = outcome->end == appraisal::attestation_end::verified;
      request.outcome = outcome;
      const auto after = decide(state, node, request, {}, {{}, {now}, {now}});
      if (verified && request.whole) owed = false;
      if (after.ask_full_log) owed = true;
      if (verified && !outcome->findings.empty() && outcome->findings.front().check == behind.check)
        owed = true;
      state = after.state;
      if (owed) REQUIRE(state.lease.until.milliseconds == 0);
    }
  }
}
