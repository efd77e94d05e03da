#include "standing/admission.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time now{1'000'000};

proven_machine machine(std::uint8_t ak = 1, std::uint8_t spki = 1, endorsement level = endorsement::vendor) {
  proven_machine out;
  out.id.raw.fill(7);
  out.ek_public = {7};
  out.ak_public = {ak};
  out.node_spki = {spki};
  out.level = level;
  out.source = "127.0.0.1";
  return out;
}

admission_rules rules(vendor_admission way) {
  admission_rules out;
  out.vendor = way;
  out.vendor_group = "demo";
  out.pending_limit = 3;
  out.pending_per_source = 2;
  return out;
}

admission decide(const std::optional<node_record>& known, const proven_machine& who, vendor_admission way,
                 bool must_enrol = false) {
  auto out = decide_admission(known, must_enrol, false, who, rules(way), {}, now);
  REQUIRE(out.ok());
  return *out;
}

node_record enrolled(const proven_machine& who) { return decide({}, who, vendor_admission::automatic).node; }

} // namespace

TEST_CASE("a vendor's certificate admits only if the rules say so, and a software EK never does") {
  CHECK(decide({}, machine(), vendor_admission::automatic).kind == admission_kind::admit);
  CHECK(decide({}, machine(), vendor_admission::pending).kind == admission_kind::pending);
  CHECK(decide({}, machine(1, 1, endorsement::none), vendor_admission::automatic).kind
        == admission_kind::pending);
  const auto first = enrolled(machine());
  CHECK(first.standing == standing::enrolled);
  CHECK(first.generation.value == 1);
  CHECK(first.group == "demo");
}

TEST_CASE("check 04: another AK for a known EK is a new generation that waits, never a silent replacement") {
  const auto known = enrolled(machine());
  const auto out = decide(known, machine(2), vendor_admission::automatic);
  CHECK(out.kind == admission_kind::pending);
  CHECK(out.node.standing == standing::enrolled);
  CHECK(out.node.ak_public == known.ak_public);
  CHECK(out.node.generation == known.generation);
  REQUIRE(out.node.candidate);
  CHECK(out.node.candidate->ak_public == bytes{2});
}

TEST_CASE("check 10: a machine whose counters went back waits even if its AK is the known one") {
  const auto known = enrolled(machine());
  CHECK(decide(known, machine(), vendor_admission::automatic, true).kind == admission_kind::pending);
  CHECK(decide(known, machine(), vendor_admission::automatic, false).kind == admission_kind::admit);
}

TEST_CASE("the same EK and AK is a re-issue, even with a new node key, and stays in its generation") {
  const auto known = enrolled(machine());
  const auto out = decide(known, machine(1, 9), vendor_admission::pending);
  CHECK(out.kind == admission_kind::admit);
  CHECK(out.node.node_spki == bytes{9});
  CHECK(out.node.generation == known.generation);
  CHECK(out.log.find("new node key") != std::string::npos);
}

TEST_CASE("a revoked machine is refused, whether it is known or was forgotten") {
  auto known = enrolled(machine());
  known.standing = standing::revoked;
  const auto r = rules(vendor_admission::automatic);
  CHECK(decide_admission(known, false, false, machine(), r, {}, now).fault().code == errc::denied);
  CHECK(decide_admission({}, false, true, machine(), r, {}, now).fault().code == errc::denied);
}

TEST_CASE("an approval covers one triple and expires") {
  const auto waiting = decide({}, machine(), vendor_admission::pending);
  auto wrong = waiting.fingerprint;
  wrong[0] ^= 1U;
  CHECK(approve_candidate(waiting.node, wrong, "", "", "uid=0", now).fault().code == errc::mismatch);
  CHECK(approve_candidate(node_record{}, waiting.fingerprint, "", "", "uid=0", now).fault().code
        == errc::not_found);
  CHECK(approve_candidate(waiting.node, waiting.fingerprint, "", "", "uid=0", waiting.node.candidate->expires)
            .fault()
            .code
        == errc::expired);

  const auto approved = approve_candidate(waiting.node, waiting.fingerprint, "db", "db-1", "uid=0", now);
  REQUIRE(approved.ok());
  CHECK(describe_approval(*approved) == "group db, name db-1, fingerprint " + to_hex(waiting.fingerprint));
  CHECK(describe_approval(approve_candidate(waiting.node, waiting.fingerprint, "", "", "uid=0", now).value())
        == "group unassigned, no name, fingerprint " + to_hex(waiting.fingerprint));
  const auto in = decide(*approved, machine(), vendor_admission::pending);
  CHECK(in.kind == admission_kind::admit);
  CHECK(in.node.group == "db");
  CHECK(in.node.name == "db-1");
  CHECK(in.node.admitted_by == "uid=0");
  // With another AK or node key the fingerprint is not the one that the operator approved.
  CHECK(decide(*approved, machine(2), vendor_admission::pending).kind == admission_kind::pending);
  CHECK(decide(*approved, machine(1, 2), vendor_admission::pending).kind == admission_kind::pending);
  // Such a stranger also ends the approval.
  CHECK_FALSE(decide(*approved, machine(2), vendor_admission::pending).node.candidate->approved_fingerprint);
}

TEST_CASE("an operator's approval of a software EK sets its level; a vendor's level stays") {
  const auto level = [](endorsement e) {
    const auto who = machine(1, 1, e);
    const auto waiting = decide({}, who, vendor_admission::pending);
    const auto approved = approve_candidate(waiting.node, waiting.fingerprint, "", "", "uid=0", now);
    return decide(*approved, who, vendor_admission::pending).node.level;
  };
  CHECK(level(endorsement::none) == endorsement::operator_approved);
  CHECK(level(endorsement::vendor) == endorsement::vendor);
}

TEST_CASE("waiting machines are limited in number and by source, and asking again costs nothing") {
  const auto r = rules(vendor_admission::pending);
  CHECK(decide_admission({}, false, false, machine(), r, {3, 0}, now).fault().code == errc::busy);
  CHECK(decide_admission({}, false, false, machine(), r, {2, 2}, now).fault().code == errc::busy);
  const auto waiting = decide({}, machine(), vendor_admission::pending);
  const auto again = decide_admission(waiting.node, false, false, machine(), r, {3, 2}, now);
  REQUIRE(again.ok());
  CHECK_FALSE(again->changed);
}

TEST_CASE("a machine that waited too long asks for a place again, like any other") {
  const auto waits = decide({}, machine(), vendor_admission::pending).node;
  REQUIRE(waits.candidate);
  const auto over = waits.candidate->expires;
  const auto ask = [&](pending_counts others) {
    return decide_admission(waits, false, false, machine(), rules(vendor_admission::pending), others, over);
  };
  const auto again = ask({});
  REQUIRE(again.ok());
  CHECK(again->changed);
  CHECK(again->node.candidate->expires.milliseconds > over.milliseconds);
  CHECK(ask({3, 0}).fault().code == errc::busy);
  CHECK(ask({2, 2}).fault().code == errc::busy);
}
