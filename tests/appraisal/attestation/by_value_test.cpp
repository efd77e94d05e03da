// What breaks if these fail: a machine whose firmware writes a log that does not explain its PCRs cannot be
// used at all, or root on a machine has its log passed over where no operator vouched for the value.
#include "appraisal/boot/by_value.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "tests/appraisal/boot_log_writer.hpp"
#include "tests/appraisal/bundled.hpp"

#include <doctest/doctest.h>

namespace by_value_test {

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;
using samples::checks_of;
using samples::find;

namespace {

/// A genuine machine whose log lacks the first event of each PCR in `pcrs`: it leads to another value.
attesting_machine with_odd_log(std::initializer_list<unsigned> pcrs) {
  attesting_machine out{"grub-sb"};
  auto log = written_log::of(out.files().boot_log);
  for (const auto pcr : pcrs) {
    const auto first = std::ranges::find_if(log.events, [pcr](const written_event& e) {
      return e.pcr == pcr && e.type != tpm::event_type::no_action;
    });
    REQUIRE(first != log.events.end());
    log.events.erase(first);
  }
  out.files().boot_log = log.raw();
  return out;
}

bound_value own_value(attesting_machine& m, unsigned pcr) {
  constexpr auto bank = hash_algorithm::sha256;
  return {static_cast<std::uint8_t>(pcr), bank, crypto::digest{m.files().pcrs.get(bank, pcr)},
          "Example Corp. Model 5"};
}

std::shared_ptr<const policy> binding(std::vector<bound_value> bound) {
  policy out;
  out.bound = std::move(bound);
  REQUIRE(defect_of(out).empty());
  return std::make_shared<policy>(std::move(out));
}

verdict verdict_under(const attestation_outcome& out, const reference_set* reference, const policy& rules) {
  return verdict_of(out.findings, endorsement::vendor, rules,
                    reference == nullptr ? reference_state::absent : reference_state::present);
}

/// The set that is learnt from a machine whose policy binds a value.
std::shared_ptr<const reference_set> learnt_from(const attestation_outcome& out, const policy& rules) {
  auto lenient = samples::lenient();
  lenient.bound = rules.bound;
  const auto teacher = samples::taught_by(*out.claims, out.files, "node 1", lenient);
  return reference_set::make(appraisal::extract(teacher, {}, "test").value()).value();
}

std::string without_values(std::string text) {
  for (auto at = text.find(" ("); at != std::string::npos; at = text.find(" ("))
    text.erase(at, text.find(')', at) + 1 - at);
  return text;
}

void check_refused(attesting_machine& m, std::string_view pcrs) {
  const auto out = attest(m, logs_wanted::whole);
  CHECK(out.end == attestation_end::failed);
  REQUIRE(out.findings.size() == 1);
  CHECK(out.findings[0].check == "evidence.boot-log");
  // The value is shown, since a policy binds it as it is written here.
  CHECK(without_values(out.findings[0].found).ends_with("quoted value of " + std::string{pcrs}));
  CHECK(out.findings[0].remedy.find("bound_values") != std::string::npos);
  for (const unsigned pcr : {0U, 1U, 2U, 3U, 6U, 7U}) {
    const auto name = "PCR " + std::to_string(pcr);
    if (pcrs.find(name) == std::string_view::npos) continue;
    const auto bound = own_value(m, pcr);
    CHECK(out.findings[0].found.find(name + " (sha256:" + to_hex(bound.value.view()) + ")")
          != std::string::npos);
  }
}

} // namespace

TEST_CASE(
    "check 43: a PCR that the log contradicts counts by the value that the policy binds, and shows it") {
  auto m = with_odd_log({0});
  m.rules = binding({own_value(m, 0)});
  auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  CHECK((*out.claims)->by_value == 1U);
  CHECK(std::ranges::none_of((*out.claims)->events, [](const boot_event& e) { return e.pcr == 0; }));
  m.reference = learnt_from(out, *m.rules);
  out = attest(m, logs_wanted::whole);
  const auto* told = find(out.findings, "boot.by-value");
  REQUIRE(told != nullptr);
  CHECK(told->level == severity::note);
  CHECK(told->kind == finding_kind::claim);
  CHECK(told->subject == "PCR 0");
  CHECK(told->sentence
        == "PCR 0 (firmware) is compared by value, its log is not explained: the events that the boot log "
           "lists for it lead to another value. The policy binds this value for Example Corp. Model 5.");
  CHECK(told->expected == shown(m.rules->bound[0]));
  CHECK(told->found + " (Example Corp. Model 5)" == told->expected);
  CHECK(checks_of(out.findings).empty());
  CHECK(verdict_under(out, m.reference.get(), *m.rules) == verdict::affirming);
}

TEST_CASE("check 43: a bound value excuses this PCR with this value, and nothing else") {
  auto unbound = with_odd_log({0});
  check_refused(unbound, "PCR 0");
  auto other = with_odd_log({0});
  auto wrong = own_value(other, 0);
  wrong.value = samples::digest_of("the value of another model");
  other.rules = binding({wrong});
  check_refused(other, "PCR 0");
  other.rules = binding({own_value(other, 2), {7, hash_algorithm::sha256, own_value(other, 0).value, "x"}});
  check_refused(other, "PCR 0");
  auto both = with_odd_log({0, 4, 8});
  both.rules = binding({own_value(both, 0)});
  check_refused(both, "PCR 4, PCR 8");
}

TEST_CASE("check 43: another reference's value is a finding although the policy binds it") {
  auto good = trusted_machine();
  auto content = good.reference->content();
  for (auto& one : content.pcrs)
    if (one.index == 0) one.value = samples::digest_of("the firmware before the update");
  auto m = with_odd_log({0});
  m.rules = binding({own_value(m, 0)});
  m.reference = reference_set::make(content).value();
  const auto out = attest(m, logs_wanted::whole);
  const auto* differs = find(out.findings, "boot.pcr-0");
  REQUIRE(differs != nullptr);
  CHECK(differs->level == severity::failure);
  CHECK(differs->subject == "PCR 0"); // no event of it is named: none is known
}

TEST_CASE("check 43: nothing that the log says of a bound PCR counts for anything") {
  attesting_machine honest{"grub-sb"};
  auto demanding = *binding({own_value(honest, 0), own_value(honest, 7)});
  demanding.require.firmware_at_least = "0.1";
  demanding.require.secure_boot = demand::required;
  const auto check = [&demanding](attesting_machine m) {
    m.rules = std::make_shared<policy>(demanding);
    const auto out = attest(m, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    CHECK(find(out.findings, "require.firmware") != nullptr);
    CHECK(find(out.findings, "require.secure-boot") != nullptr);
    CHECK(std::ranges::count(out.findings, "boot.by-value", &finding::check) == 2);
  };
  check(attesting_machine{"grub-sb"});
  check(with_odd_log({0, 7}));
}

TEST_CASE("check 43: the claims that are judged have nothing that the log says of a bound PCR") {
  auto boot = samples::grub_machine();
  boot.events.push_back(samples::event(0, "1.14.0"));
  boot.events.push_back(samples::event(7, "Secure Boot"));
  boot.oddities = {{boot_oddity_kind::separator_error, 0, {}},
                   {boot_oddity_kind::audit_mode, 7, {}},
                   {boot_oddity_kind::separator_repeated, 2, {}}};
  boot.variables = {{"dbx", samples::digest_of("dbx"), 100, 3, 0}};
  const auto claims = samples::verified(boot);
  const auto value_of = [&claims](std::uint8_t pcr) {
    return bound_value{pcr, hash_algorithm::sha256, *claims.pcr(hash_algorithm::sha256, pcr), "Model 5"};
  };
  const auto judged = compared_by_value(claims, *binding({value_of(0), value_of(7)}));
  CHECK(judged->by_value == (1U | 1U << 7U));
  CHECK(std::ranges::none_of(judged->events, [](const auto& e) { return e.pcr == 0 || e.pcr == 7; }));
  CHECK(judged->events.size() == boot.events.size() - 2);
  REQUIRE(judged->oddities.size() == 1);
  CHECK(judged->oddities[0].pcr == 2);
  CHECK(judged->secure == secure_boot::unknown);
  CHECK(judged->variables.empty());
  CHECK(judged->pcrs == claims->pcrs);
  // Without PCR 7, Secure Boot stays what the log proves; with another value, all stays.
  CHECK(compared_by_value(claims, *binding({value_of(0)}))->secure == secure_boot::on);
  auto other = value_of(0);
  other.value = samples::digest_of("other");
  CHECK(compared_by_value(claims, *binding({other})).get() == claims.get());
}

TEST_CASE("check 43: a policy that binds the value no more makes a failure of what is on record") {
  auto m = with_odd_log({0});
  m.rules = binding({own_value(m, 0)});
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.claims);
  for (const auto& later : {policy{}, *binding({own_value(m, 2)})}) {
    const auto found = appraise_boot(*out.claims, nullptr, later);
    const auto* failed = find(found, "boot.by-value"); // the worst comes first
    REQUIRE(failed != nullptr);
    CHECK(failed->level == severity::failure);
    CHECK(failed->subject == "PCR 0");
    CHECK(failed->found == "sha256:" + to_hex(own_value(m, 0).value.view()));
  }
}

TEST_CASE("check 43: a bundle verifies under the policy that binds the value, and fails under another") {
  auto m = with_odd_log({0});
  m.rules = binding({own_value(m, 0)});
  auto first = attest(m, logs_wanted::whole);
  m.reference = learnt_from(first, *m.rules);
  const auto parts = parts_of(bundle_of(m));
  REQUIRE_MESSAGE(parts.ok(), parts.fault().check);
  const auto read = verify(*parts);
  REQUIRE_MESSAGE(read.ok(), read.fault().check);
  CHECK(read->result.verdict == verdict::affirming);
  CHECK(find(read->result.findings, "boot.by-value") != nullptr);
  const policy unbound;
  CHECK(what_if(*read, &unbound, nullptr).verdict == verdict::contraindicated);
  // A bundle whose policy never bound it has the failure in its result.
  m.rules = std::make_shared<policy>();
  const auto bad = verify(parts_of(bundle_of(m)).value());
  REQUIRE_MESSAGE(bad.ok(), bad.fault().check);
  CHECK(bad->result.verdict == verdict::contraindicated);
}

} // namespace by_value_test
