#include "appraisal/attestation/attestation_outcome.hpp"
#include "standing/admission.hpp"
#include "standing/decision.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time noon{1'000'000};

/// The same machine with the given AK.
proven_machine with_ak(std::uint8_t ak) {
  proven_machine out;
  out.id.raw.fill(7);
  out.ek_public = {7};
  out.ak_public = {ak};
  out.node_spki = {ak};
  out.level = endorsement::vendor;
  out.source = "127.0.0.1";
  return out;
}

admission decide(const std::optional<node_record>& known, const proven_machine& who) {
  admission_rules rules;
  rules.vendor = vendor_admission::automatic; // the most permissive rule
  auto out = decide_admission(known, false, false, who, rules, {}, noon);
  REQUIRE(out.ok());
  return *std::move(out);
}

} // namespace

TEST_CASE("check 04: an approved AK starts a generation, and the one before is out") {
  const auto first = decide({}, with_ak(1)).node;
  const auto waiting = decide(first, with_ak(2));
  REQUIRE(waiting.kind == admission_kind::pending);
  const auto approved = approve_candidate(waiting.node, waiting.fingerprint, "", "", "uid=0", noon);
  REQUIRE(approved.ok());
  // While the new AK waits, and also after its approval, the admitted AK remains the machine's.
  CHECK(decide(*approved, with_ak(1)).node.generation == first.generation);

  const auto second = decide(*approved, with_ak(2));
  CHECK(second.kind == admission_kind::admit);
  CHECK(second.node.ak_public == bytes{2});
  CHECK(second.node.generation.value == first.generation.value + 1);
  CHECK(decide(second.node, with_ak(1)).kind == admission_kind::pending);
}

TEST_CASE("check 04: a repeated proof of the same identity changes nothing in the node") {
  const auto first = decide({}, with_ak(1)).node;
  const auto again = decide(first, with_ak(1));
  CHECK(again.kind == admission_kind::admit);
  CHECK_FALSE(again.changed);
  auto other = with_ak(1);
  other.node_spki = {9};
  CHECK(decide(first, other).changed);
  other = with_ak(1);
  other.facts = {1};
  CHECK(decide(first, other).changed);
}

TEST_CASE("check 10: a new AK takes back nothing that happened since the TPM was reset") {
  // The state at the start of a generation: of the boot only counters and findings are on record.
  node_state before;
  before.generation = {2};
  before.reset_count = 7;
  before.verdict = verdict::contraindicated;
  before.findings = {{finding_kind::event, severity::failure, "event.kexec-lost-list", {}, {}, {}, {}, {}},
                     {finding_kind::claim, severity::failure, "ima.unknown-file", {}, {}, {}, {}, {}}};
  before.findings_total = 2;
  for (const std::uint32_t resets : {6U, 7U, 8U}) {
    CAPTURE(resets);
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::verified;
    outcome->what = appraisal::occasion::new_boot;
    outcome->boot.emplace();
    outcome->boot->clock.reset_count = resets;
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    decision_request request;
    request.context = context;
    request.outcome = outcome;
    const auto after = decide(before, node_record{}, request, {}, {{}, {1000}, {1'000'000}});
    const bool was_reset = resets > before.reset_count;
    CHECK((after.state.verdict == verdict::contraindicated) == !was_reset);
    CHECK(after.state.findings.size() == (was_reset ? 0 : 1));
  }
}
