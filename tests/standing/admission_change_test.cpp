// What breaks if this fails: the time shown for a verdict is before the verdict began, or a bad machine
// becomes good because it got another key.
#include "standing/admission_change.hpp"
#include "tests/standing/on_record.hpp"

using namespace muster;
using namespace muster::service;

namespace {

proven_machine proven_with_ak(std::uint8_t ak) {
  proven_machine out;
  out.id.raw.fill(7);
  out.ek_public = {7};
  out.ak_public = {ak};
  out.node_spki = {ak};
  out.level = endorsement::vendor;
  out.source = "127.0.0.1:1";
  return out;
}

/// A node on record with one AK, and approved with another.
node_record approved_again() {
  admission_rules rules;
  rules.vendor = vendor_admission::automatic;
  const auto first = decide_admission({}, false, false, proven_with_ak(1), rules, {}, {1000})->node;
  const auto waiting = decide_admission(first, false, false, proven_with_ak(2), rules, {}, {1000});
  return approve_candidate(waiting->node, waiting->fingerprint, "", "", "uid=0", {1000}).value();
}

} // namespace

TEST_CASE("check 04: a new generation records since when nothing is verified, and forgets nothing bad") {
  struct {
    verdict before;
    verdict after;
    std::uint64_t since;
  } const table[] = {
      {verdict::affirming, verdict::none, 5000},
      {verdict::warning, verdict::none, 5000},
      {verdict::none, verdict::none, 2000},
      {verdict::contraindicated, verdict::contraindicated, 2000},
  };
  for (const auto& row : table) {
    node_state state;
    state.verdict = row.before;
    state.since = {2000};
    muster::testing::look_at(approved_again(), state, [&](const settled_node& at) {
      const auto made = admit(at, proven_with_ak(2), false, {}, {}, {5000});
      REQUIRE(made.ok());
      REQUIRE(made->answer.admitted);
      const auto& after = *made->change.after.state;
      CHECK(after.generation.value == at.node()->generation.value + 1);
      CHECK(after.verdict == row.after);
      CHECK(after.since.milliseconds == row.since);
    });
  }
}
