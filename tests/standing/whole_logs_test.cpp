// What breaks if these fail: new entries are verified from values that are not this machine's, a finding
// about evidence never ends, or a machine sends its whole log over and over.
#include "standing/whole_logs.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::uint64_t an_hour = 3'600'000;

appraisal_context plain_context() {
  appraisal_context out;
  out.policy = std::make_shared<const appraisal::policy>();
  return out;
}

/// A machine whose next attestation continues from its record.
node_state known_state() {
  node_state out;
  out.boot = boot_id{};
  out.ima_count = 500;
  out.pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
  return out;
}

finding about_evidence(const char* check) {
  finding out;
  out.kind = finding_kind::evidence;
  out.check = check;
  return out;
}

bool are_due(const node_state& state, wall_time now = {an_hour}) {
  return whole_logs_due(state, plain_context(), boot_id{}, now);
}

} // namespace

TEST_CASE("check 17: an increment is requested only if the record can be continued") {
  CHECK_FALSE(are_due(known_state()));
  CHECK(are_due(node_state{}));
  CHECK(whole_logs_due(known_state(), plain_context(), boot_id{{1}}, {an_hour}));
  auto pinned = known_state();
  pinned.pins = bytes32{1};
  CHECK(are_due(pinned));
}

TEST_CASE("check 17: whole logs that an earlier session requested stay due until they have an outcome") {
  auto state = known_state();
  state.owes_whole_logs = true;
  CHECK(are_due(state));
  state.findings.push_back(about_evidence("evidence.unproven")); // whole logs came, and failed
  state.full_log_asked = {5 * an_hour};
  CHECK_FALSE(are_due(state, {6 * an_hour - 1}));
}

TEST_CASE("check 17: while a finding about evidence is open, whole logs are requested from time to time") {
  for (const auto& [check, pause] :
       {std::pair{"evidence.behind", an_hour / 12}, std::pair{"evidence.unproven", an_hour}}) {
    auto state = known_state();
    state.findings.push_back(about_evidence(check));
    CHECK(are_due(state));
    state.full_log_asked = {5 * an_hour};
    CHECK_FALSE(are_due(state, {5 * an_hour}));
    CHECK_FALSE(are_due(state, {5 * an_hour + pause - 1}));
    CHECK(are_due(state, {5 * an_hour + pause}));
    CHECK(are_due(state, {5 * an_hour - 1})); // the clock was set back
    state.findings.clear();
    CHECK_FALSE(are_due(state, {6 * an_hour}));
  }
  auto other = known_state();
  other.findings.emplace_back().kind = finding_kind::event;
  CHECK_FALSE(are_due(other)); // whole logs would not end it
}

TEST_CASE("check 17: a session that requested whole logs does not request them again before an outcome") {
  auto state = known_state();
  state.findings.push_back(about_evidence("evidence.unproven"));
  const auto recorded = std::make_shared<const node_state>(state);
  const auto after = after_asking(recorded, {7 * an_hour});
  CHECK_FALSE(are_due(*after, {7 * an_hour}));
  CHECK(are_due(*after, {8 * an_hour}));
  const auto nothing_to_mend = std::make_shared<const node_state>(known_state());
  CHECK(after_asking(nothing_to_mend, {7 * an_hour}) == nothing_to_mend);
}

TEST_CASE("check 17: an outdated record waits for the next request, but bad evidence does not") {
  auto before = known_state();
  before.full_log_asked = {5 * an_hour};
  for (const auto& [check, at_once] : {std::pair{"evidence.behind", false}, {"evidence.unproven", true}}) {
    auto after = before;
    after.findings.push_back(about_evidence(check));
    note_whole_logs(before, after, false, {5 * an_hour + 1});
    CHECK(are_due(after, {5 * an_hour + 1}) == at_once);
  }
}

TEST_CASE("check 18: the bank of a boot_aggregate is requested, at first with whole logs") {
  auto state = known_state();
  CHECK_FALSE(are_due(state));
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha384, hash_algorithm::sha512}) {
    auto with = state;
    state.aggregate_bank = bank;
    CHECK(selection_for(state).mask_of(bank) == tpm::pcr_mask(0, 9));
    CHECK(selection_for(state).mask_of(hash_algorithm::sha256) == tpm::pcr_mask(0, 14));
    CHECK(are_due(state)); // the bank's values are not on record
    state.pcrs.push_back({bank, 0, crypto::digest{bytes(digest_size(bank), 0)}});
    CHECK_FALSE(are_due(state));
    state.aggregate_bank.reset();
    CHECK(are_due(state)); // an increment cannot continue from values that are not quoted
    state = with;
  }
}
