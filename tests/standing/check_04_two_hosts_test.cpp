#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/record_codec.hpp"
#include "standing/decision.hpp"
#include "standing/identity_alarm.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::string_view alarm_name = "identity.two-hosts";

boot_id boot(std::uint8_t which) {
  boot_id out;
  out.raw.fill(which);
  return out;
}

context_ptr context() {
  auto out = std::make_shared<appraisal_context>();
  out->policy = std::make_shared<const appraisal::policy>();
  appraisal::reference_content content;
  content.pcrs.push_back({hash_algorithm::sha256, 0, crypto::digest{bytes32{}}});
  auto set = appraisal::reference_set::make(std::move(content));
  REQUIRE(set.ok());
  out->reference = *std::move(set);
  return out;
}

/// A node whose attestations are decided one after the other. They are good unless a test says otherwise.
class life {
public:
  life() { node_.level = endorsement::vendor; }

  decided attests(const boot_id& running, std::uint32_t resets, std::uint32_t restarts = 0) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::verified;
    const bool same_boot = state.boot && state.reset_count == resets;
    outcome->what = same_boot ? appraisal::occasion::full_log : appraisal::occasion::new_boot;
    outcome->boot.emplace();
    outcome->boot->boot = running;
    outcome->boot->clock = {1, resets, restarts, true};
    return decides(running, std::move(outcome));
  }

  decided fails(const boot_id& running) {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->findings.push_back(
        {finding_kind::evidence, severity::failure, "quote.signature", "", "", "", "", ""});
    return decides(running, std::move(outcome));
  }

  /// The service restarts, and knows only what was stored.
  void service_restarts() {
    auto read = state_from(to_record(state).read_back());
    REQUIRE(read.ok());
    state = *std::move(read);
  }

  node_record& node() noexcept { return node_; }

  node_state state;

private:
  decided decides(const boot_id& running, std::shared_ptr<const appraisal::attestation_outcome> outcome) {
    decision_request request;
    request.number = {state.number.value + 1};
    request.context = context();
    request.outcome = std::move(outcome);
    request.boot = running;
    auto out = decide(state, node_, request, {}, {boot(99), {1000}, {1'000'000}});
    state = out.state;
    state.result = {};
    return out;
  }

  node_record node_;
};

bool listed(const node_state& state) {
  return std::ranges::any_of(state.findings, [](const finding& f) { return f.check == alarm_name; });
}

bool alarmed(const node_state& state) { return state.alarm.has_value() || listed(state); }

} // namespace

TEST_CASE("check 04: two boot ids that alternate while the TPM counts no boot raise an alarm") {
  life one;
  CHECK_FALSE(one.attests(boot(1), 5).alarmed);
  CHECK(one.state.verdict == verdict::affirming);
  CHECK_FALSE(one.attests(boot(2), 5).alarmed); // could be a kexec
  const auto back = one.attests(boot(1), 5);
  CHECK(back.alarmed);
  CHECK(back.verdict_changed);
  CHECK(one.state.verdict == verdict::warning);
  REQUIRE(listed(one.state));
  CHECK(one.state.alarm->found.find(to_string(boot(2))) != std::string::npos);
}

TEST_CASE("check 04: a second host whose evidence does not verify is noticed as well") {
  life one;
  (void)one.attests(boot(1), 5);
  (void)one.fails(boot(2));
  CHECK_FALSE(alarmed(one.state));
  CHECK(one.attests(boot(1), 5).alarmed);
}

TEST_CASE("check 04: the alarm survives attestations, boots, sets and restarts of the service") {
  life one;
  (void)one.attests(boot(1), 5);
  REQUIRE(raise_alarm(one.state, two_live_sessions(), {7}));
  CHECK(one.state.verdict == verdict::warning);
  CHECK(one.state.since.milliseconds == 7);
  CHECK_FALSE(raise_alarm(one.state, two_live_sessions(), {8})); // already raised
  CHECK(one.state.findings_total == 1);

  const auto stands = [&] {
    CHECK(one.state.verdict == verdict::warning);
    CHECK(one.state.findings_total == 1);
    return listed(one.state);
  };
  (void)one.attests(boot(1), 5);
  CHECK(stands());
  one.service_restarts();
  CHECK(stands());
  CHECK_FALSE(one.attests(boot(2), 6).alarmed);
  CHECK(stands());
  auto judged = appraisal::reappraise({}, {}, context()->choice(), *context()->policy,
                                      {one.state.findings, one.state.findings_total, one.node().level});
  one.state = take_reappraisal(one.state, *context(), std::move(judged), {9}).state;
  CHECK(listed(one.state));
}

TEST_CASE("check 04: no alarm improves a bad verdict, and none creates a verdict") {
  node_state never;
  (void)raise_alarm(never, two_live_sessions(), {1});
  CHECK(never.verdict == verdict::none);
  life bad;
  (void)bad.fails(boot(1));
  (void)raise_alarm(bad.state, two_live_sessions(), {1});
  CHECK(bad.state.verdict == verdict::contraindicated);
  end_alarm(bad.state);
  CHECK(recorded_verdict(bad.state, bad.node(), *context()) == verdict::contraindicated);
}

TEST_CASE("check 04: an operator ends the alarm, and a host that is still there raises it again") {
  life one;
  (void)one.attests(boot(1), 5);
  (void)one.attests(boot(2), 5);
  REQUIRE(one.attests(boot(1), 5).alarmed);
  end_alarm(one.state);
  CHECK_FALSE(alarmed(one.state));
  CHECK(one.state.findings_total == 0);
  CHECK(recorded_verdict(one.state, one.node(), *context()) == verdict::affirming);
  one.service_restarts();
  CHECK_FALSE(one.attests(boot(1), 5).alarmed);
  CHECK_FALSE(one.attests(boot(2), 5).alarmed);
  CHECK(one.attests(boot(1), 5).alarmed);
}

TEST_CASE("check 04: reboots, kexec, suspend and restarts of the service raise no alarm") {
  life one;
  const auto quiet = [&] {
    one.service_restarts();
    return !alarmed(one.state);
  };
  for (std::uint8_t n = 0; n < 3; ++n) { // the same boot, session after session
    (void)one.attests(boot(1), 5);
    CHECK(quiet());
  }
  (void)one.attests(boot(1), 5, 1); // after suspend and resume
  CHECK(quiet());
  for (std::uint8_t n = 2; n < 20; ++n) { // one kernel after the other by kexec
    (void)one.attests(boot(n), 5, 1);
    CHECK(quiet());
  }
  for (std::uint8_t n = 20; n < 40; ++n) { // reboots, some of which fail to attest
    (void)one.fails(boot(n));
    if (n % 3 == 0) (void)one.attests(boot(n), n);
    CHECK(quiet());
  }
  CHECK(one.state.boots_seen.size() <= max_boots_seen);
}

TEST_CASE(
    "check 04: node keys that alternate are two hosts; an agent that loses its key again and again is not") {
  node_state state;
  state.verdict = verdict::affirming;
  const auto key = [](std::uint8_t which) { return bytes32{which}; };
  for (std::uint8_t i = 1; i < 20; ++i)
    CHECK_FALSE(note_key(state, key(i), key(i + 1)));
  CHECK(state.keys_seen.size() == max_keys_seen);
  const auto back = note_key(state, key(20), key(19));
  REQUIRE(back);
  CHECK(raise_alarm(state, *back, {}));
  CHECK(state.verdict == verdict::warning);
  const auto stored = state_from(to_record(state).read_back());
  REQUIRE(stored.ok());
  CHECK(stored->keys_seen == state.keys_seen);
  end_alarm(state);
  CHECK(state.keys_seen.empty());
  CHECK_FALSE(note_key(state, key(19), key(20)));
  CHECK(note_key(state, key(20), key(19)));
}

TEST_CASE("the recorded doubt about a machine's endorsement is shown once, and stays over boots") {
  life l;
  const auto told = [&l] {
    std::vector<std::string> out;
    for (const auto& one : l.state.findings)
      if (one.kind == finding_kind::identity) out.push_back(one.found);
    return out;
  };
  l.node().doubt = "first";
  (void)l.attests(boot(1), 1);
  CHECK(told() == std::vector<std::string>{"first"});
  l.node().doubt = "second"; // an admission found another reason
  (void)l.attests(boot(2), 2);
  CHECK(told() == std::vector<std::string>{"second"});
  (void)l.fails(boot(2));
  CHECK(told() == std::vector<std::string>{"second"});
  l.node().doubt.clear();
  (void)l.attests(boot(3), 3);
  CHECK(told().empty());
}
