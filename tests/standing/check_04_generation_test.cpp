#include "standing/admission.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time noon{1'000'000};

/// The same machine, whatever its AK.
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
  rules.vendor = vendor_admission::automatic; // the most trusting one
  auto out = decide_admission(known, false, false, who, rules, {}, noon);
  REQUIRE(out.ok());
  return *std::move(out);
}

} // namespace

TEST_CASE("check 04: an approved AK begins a generation, and the one before is out") {
  const auto first = decide({}, with_ak(1)).node;
  const auto waiting = decide(first, with_ak(2));
  REQUIRE(waiting.kind == admission_kind::pending);
  const auto approved = approve_candidate(waiting.node, waiting.fingerprint, "", "", "uid=0", noon);
  REQUIRE(approved.ok());
  // While it waits, and after the approval, the admitted AK is still the machine.
  CHECK(decide(*approved, with_ak(1)).node.generation == first.generation);

  const auto second = decide(*approved, with_ak(2));
  CHECK(second.kind == admission_kind::admit);
  CHECK(second.node.ak_public == bytes{2});
  CHECK(second.node.generation.value == first.generation.value + 1);
  CHECK(decide(second.node, with_ak(1)).kind == admission_kind::pending);
}
