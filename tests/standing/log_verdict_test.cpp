// What breaks if these fail: a change of verdict cannot be proven later.
#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/record_codec.hpp"
#include "standing/decision.hpp"
#include "standing/identity_alarm.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

/// "action: text" of each entry of the log.
std::vector<std::string> entered(const change_batch& batch) {
  std::vector<std::string> out;
  for (const auto& one : batch.operations())
    if (const auto* audit = std::get_if<store_operation::append_audit>(&one))
      parse_view<records::AuditEntry>(audit->entry)->read([&](records::AuditEntry::Reader in) {
        out.push_back(std::string{text_of(in.getAction())} + ": " + std::string{text_of(in.getText())});
      });
  return out;
}

} // namespace

TEST_CASE("a change of verdict is entered, and an unchanged verdict is not") {
  change_batch batch{node_id{}};
  log_verdict(batch, {1}, verdict::affirming, verdict::affirming);
  CHECK(entered(batch).empty());
  log_verdict(batch, {1}, verdict::affirming, verdict::warning, "alarm");
  log_verdict(batch, {1}, verdict::none, verdict::contraindicated);
  CHECK(entered(batch)
        == std::vector<std::string>{"verdict: affirming -> warning, alarm",
                                    "verdict: none -> contraindicated"});
}

TEST_CASE("an alarm that comes with a request for whole logs enters the verdict that it lowers") {
  node_state before;
  before.verdict = verdict::affirming;
  decided after{.state = before, .ask_full_log = true, .alarmed = true};
  REQUIRE(raise_alarm(after.state, two_live_sessions(), {1}));
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::again;
  decision_request request;
  request.outcome = std::move(outcome);
  node_change change{{}, {}, change_source::evidence};
  record_decision(change, before, after, {}, request, {1});
  const auto log = entered(change.batch);
  REQUIRE(log.size() == 2);
  CHECK(log[0].starts_with("alarm: "));
  CHECK(log[1] == "verdict: affirming -> warning");
}

TEST_CASE("a routine attestation enters nothing") {
  node_state before;
  before.verdict = verdict::affirming;
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::verified;
  decision_request request;
  request.outcome = std::move(outcome);
  node_change change{{}, {}, change_source::evidence};
  record_decision(change, before, {.state = before}, {}, request, {1});
  CHECK(entered(change.batch).empty());
  CHECK(change.result);
}
