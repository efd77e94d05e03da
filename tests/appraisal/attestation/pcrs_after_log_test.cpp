// What the operating system extends after the firmware's log, over whole attestations. What breaks if these
// fail: an honest machine with a unified kernel image is bad, or is asked for whole logs, because its systemd
// moves to its next phase; or root extends PCR 11 to 14 with anything and the machine stays good.
#include "appraisal/attestation/reappraise.hpp"
#include "appraisal/extraction/extraction.hpp"
#include "appraisal/policy/judged_check.hpp"
#include "tests/appraisal/bundled.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/unified_kernel.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;
using namespace muster::testing;
using samples::checks_of;
using samples::find;

namespace {

void refer_to_itself(attesting_machine& m) {
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  m.reference = samples::reference_of(*out.claims, out.files);
}

/// A set that has the values of this boot and was made elsewhere: such a machine may not teach it.
std::shared_ptr<const reference_set> imported(const boot_claims& boot, const file_claims& files) {
  auto content = boot.get();
  content.after_log.clear();
  return samples::reference_of(claims_from_record(std::move(content)), files);
}

words found_in(const recorded_boot& boot) {
  words out;
  REQUIRE(boot.after_log.has_value());
  for (const auto& one : *boot.after_log)
    if (one.pcr == 11 && one.explained())
      for (const auto phase : one.phases()->phases())
        out.emplace_back(to_string(phase));
  return out;
}

words both(words a, const words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

} // namespace

TEST_CASE(
    "check 11: with and without a reference, a machine fails exactly if its extensions cannot be phases") {
  auto base = uki_machine();
  refer_to_itself(base);
  const auto reference = base.reference;
  base.recorded = nullptr;
  for (const auto& set : {std::shared_ptr<const reference_set>{}, reference})
    for_each_sequence(2, [&](const words& said) {
      auto m = base;
      m.reference = set;
      say(m, said);
      const auto out = attest(m, logs_wanted::whole);
      REQUIRE(out.end == attestation_end::verified); // genuine, whatever it is
      const auto* f = find(out.findings, "boot.unexplained");
      if ((f == nullptr) != possible(said)) FAIL_CHECK(joined(said));
      if (possible(said)) {
        CHECK(found_in(*out.boot) == said);
        CHECK(checks_of(out.findings).empty());
      } else {
        CHECK(f->level == severity::failure);
        CHECK(f->kind == finding_kind::claim);
        CHECK(f->subject == "PCR 11");
        CHECK(checks_of(out.findings).size() == 1); // one cause, one finding
      }
    });
}

TEST_CASE("check 11: an increment finds the same as whole logs, and asks for no log") {
  auto base = uki_machine();
  refer_to_itself(base);
  for (const words& before :
       {words{}, words{"sysinit"}, words{"enter-initrd", "leave-initrd"}, words{"final"},
        words{"sysinit", "ready", "shutdown", "final"}, words{"evil"}}) {
    auto earlier = base;
    earlier.recorded = nullptr;
    say(earlier, before);
    REQUIRE(attest(earlier, logs_wanted::whole).end == attestation_end::verified);
    for_each_sequence(2, [&](const words& more) {
      auto m = earlier;
      say(m, more);
      const auto out = attest(m, logs_wanted::increment);
      REQUIRE(out.end == attestation_end::verified);
      CHECK(out.what == occasion::increment);
      const auto* f = find(out.findings, "boot.unexplained");
      const bool expected = !possible(both(before, more)) && !more.empty();
      if ((f != nullptr) != expected) FAIL_CHECK((joined(before) + " then " + joined(more)));
      if (possible(both(before, more))) CHECK(found_in(*out.boot) == both(before, more));
      if (f != nullptr) {
        CHECK(f->level == severity::failure);
        CHECK(f->kind == finding_kind::event); // the claims of the boot do not show it
      }
      CHECK((find(out.findings, "event.restarted") != nullptr)
            == (possible(both(before, more)) && before.size() == 4 && !more.empty()));
      // Whole logs say the same about the boot as a whole.
      m.recorded = nullptr;
      const auto whole = attest(m, logs_wanted::whole);
      CHECK((find(whole.findings, "boot.unexplained") == nullptr) == possible(both(before, more)));
    });
  }
}

TEST_CASE("check 11: a machine's progress through its phases is not a claim, and is never learnt") {
  auto early = uki_machine();
  auto late = early;
  say(late, {"enter-initrd", "leave-initrd", "sysinit", "ready"});
  const auto a = attest(early, logs_wanted::whole);
  const auto b = attest(late, logs_wanted::whole);
  CHECK((*a.claims)->pcrs == (*b.claims)->pcrs);
  CHECK((*a.claims)->events == (*b.claims)->events);
  const auto one = extract(*a.claims, a.files, {}, "node 1").value();
  const auto other = extract(*b.claims, b.files, {}, "node 1").value();
  CHECK(one.pcrs == other.pcrs);
  CHECK(one.events == other.events);
  const std::vector canaries{taught_by(*a.claims, a.files), taught_by(*b.claims, b.files, "node 2")};
  CHECK(extract_quorum(canaries, 2, {}).ok());
}

TEST_CASE("check 11: a change in any other PCR of the system is a failure; in a PCR of the firmware, the "
          "evidence fails") {
  for (unsigned pcr = 11; pcr <= 14; ++pcr) {
    CAPTURE(pcr);
    auto m = uki_machine();
    refer_to_itself(m);
    say(m, {pcr == 11 ? "evil" : "sysinit"}, pcr);
    const auto moved = attest(m, logs_wanted::increment);
    REQUIRE(moved.end == attestation_end::verified);
    REQUIRE(find(moved.findings, "boot.unexplained") != nullptr);
    CHECK(find(moved.findings, "boot.unexplained")->subject == "PCR " + std::to_string(pcr));
    m.recorded = nullptr;
    const auto whole = attest(m, logs_wanted::whole);
    CHECK(checks_of(whole.findings) == std::vector<std::string>{"boot.unexplained"});
  }
  auto m = uki_machine();
  refer_to_itself(m);
  say(m, {"sysinit"}, 4);
  CHECK(attest(m, logs_wanted::increment).end == attestation_end::again);
  CHECK(attest(m, logs_wanted::whole).end == attestation_end::failed);
}

TEST_CASE("check 11: no policy lowers the finding, but a reference with this very value does") {
  CHECK_FALSE(judged_check_from("boot.unexplained").has_value());
  auto m = uki_machine();
  say(m, {"a phase of our own"});
  const auto first = attest(m, logs_wanted::whole);
  REQUIRE(find(first.findings, "boot.unexplained") != nullptr);
  m.reference = imported(*first.claims, first.files);
  CHECK(checks_of(attest(m, logs_wanted::whole).findings).empty());
  say(m, {"sysinit"}); // a phase after an unknown extension
  CHECK(find(attest(m, logs_wanted::increment).findings, "boot.unexplained") != nullptr);
  CHECK(find(attest(m, logs_wanted::whole).findings, "boot.unexplained") != nullptr);
}

TEST_CASE("check 11: a reference that has the events wants to see them, whatever the value") {
  auto m = uki_machine();
  log_event(m, 14, as_bytes("a key of shim"));
  say(m, {"a key of shim"}, 14);
  refer_to_itself(m);
  CHECK(checks_of(attest(m, logs_wanted::whole).findings).empty());
  m.recorded = nullptr;
  auto liar = uki_machine(); // its log leaves the event out
  say(liar, {"a key of shim"}, 14);
  liar.reference = m.reference;
  const auto out = attest(liar, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
  CHECK(find(out.findings, "boot.unexplained")->level == severity::failure);
}

TEST_CASE("check 11: no reference excuses an extension between two attestations, because the next value may "
          "differ") {
  auto m = uki_machine();
  auto extended = m;
  say(extended, {"evil"}, 12);
  const auto other = attest(extended, logs_wanted::whole);
  m.reference = imported(*other.claims, other.files);
  REQUIRE(attest(m, logs_wanted::whole).end == attestation_end::verified);
  say(m, {"evil"}, 12); // now it has the reference's value
  const auto moved = attest(m, logs_wanted::increment);
  REQUIRE(find(moved.findings, "boot.unexplained") != nullptr);
  CHECK(find(moved.findings, "boot.unexplained")->kind == finding_kind::event);
}

TEST_CASE("check 11: a reference that leaves the PCR out lowers the finding to a warning") {
  auto m = uki_machine();
  const auto good = attest(m, logs_wanted::whole);
  extraction_rules rules;
  rules.pcrs = 0b10011101;
  m.reference = reference_set::make(extract(*good.claims, good.files, rules, "test").value()).value();
  say(m, {"evil"});
  CHECK(find(attest(m, logs_wanted::increment).findings, "boot.unexplained")->level == severity::warning);
  CHECK(find(attest(m, logs_wanted::whole).findings, "boot.unexplained")->level == severity::warning);
}

TEST_CASE("check 11: an extension between two attestations is not excused by a log that lists it now") {
  auto m = uki_machine();
  refer_to_itself(m);
  m.reference = nullptr; // with a reference the event itself would be a finding
  say(m, {"evil"});
  log_event(m, 11, as_bytes("evil"));
  CHECK(attest(m, logs_wanted::increment).end == attestation_end::again); // another log
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
  CHECK(find(out.findings, "boot.unexplained")->kind == finding_kind::event);
}

TEST_CASE("check 11: a record of an older version works as before: a PCR that changed asks for whole logs") {
  auto m = uki_machine();
  say(m, {"sysinit"});
  refer_to_itself(m);
  auto old = *m.recorded;
  old.after_log.reset();
  m.recorded = std::make_shared<recorded_boot>(old);
  CHECK(attest(m, logs_wanted::increment).end == attestation_end::verified);
  CHECK_FALSE(m.recorded->after_log.has_value());
  say(m, {"ready"});
  CHECK(attest(m, logs_wanted::increment).end == attestation_end::again);
  const auto out = attest(m, logs_wanted::whole);
  CHECK(checks_of(out.findings).empty());
  CHECK(found_in(*out.boot) == words{"sysinit", "ready"});
}

TEST_CASE("check 11: the finding survives whole logs, other rules and failures, and ends with the boot") {
  auto m = uki_machine();
  refer_to_itself(m);
  const auto good_claims = *attest(m, logs_wanted::whole).claims;
  say(m, {"evil"});
  const auto moved = attest(m, logs_wanted::increment);
  auto kept = carry_over({}, moved.findings, moved.what);
  REQUIRE(find(kept.findings, "boot.unexplained") != nullptr);
  // Re-appraised from the recorded claims, which are older than this.
  const auto again =
      reappraise(appraise_boot(good_claims, m.reference.get(), *m.rules), moved.files, m.reference.get(),
                 *m.rules, {kept.findings, kept.total, endorsement::vendor});
  CHECK(again.verdict == verdict::contraindicated);
  const auto whole = attest(m, logs_wanted::whole);
  kept = carry_over(kept, whole.findings, whole.what);
  CHECK(std::ranges::count(kept.findings, "boot.unexplained", &finding::check) == 1);
  const auto judged = appraise_boot(*whole.claims, m.reference.get(), *m.rules);
  CHECK(find(judged, "boot.unexplained") != nullptr);
  CHECK(carry_over(kept, {}, occasion::new_boot).findings.empty());
}

TEST_CASE("check 11: a bundle gives the same verdict: phases are good, any other extension is not") {
  for (const auto& [said, good] : {std::pair{words{"sysinit", "ready"}, true},
                                   {words{"sysinit", "evil"}, false},
                                   {words{"ready", "sysinit"}, false}}) {
    CAPTURE(joined(said));
    auto m = uki_machine();
    refer_to_itself(m);
    say(m, said);
    const auto parts = parts_of(bundle_of(m));
    REQUIRE_MESSAGE(parts.ok(), parts.fault().check);
    const auto verified = verify_file(file_of(*parts), 999);
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->differs.empty());
    CHECK(verified->concluded.verdict == (good ? verdict::affirming : verdict::contraindicated));
  }
}
