// What breaks if these fail: a log that leaves a PCR out hides what a policy forbids, or an honest firmware
// that does not log everything cannot be used.
#include "appraisal/boot/explained_pcrs.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

/// The machine with its PCR values, and a log without the events of one PCR.
boot_claims with_no_events_of(std::uint8_t pcr, const boot_content& boot = grub_machine()) {
  auto out = verified(boot).get();
  std::erase_if(out.events, [pcr](const boot_event& e) { return e.pcr == pcr; });
  return claims_from_record(std::move(out));
}

boot_claims without_log() {
  auto out = verified(grub_machine()).get();
  out.has_log = false;
  out.events.clear();
  return claims_from_record(std::move(out));
}

policy policy_against(std::string_view content) {
  policy out;
  out.denied.add({hash_algorithm::sha256, digest_of(content), "why"});
  return out;
}

} // namespace

TEST_CASE("check 11: a PCR's value is explained by events, by the reference, or by its start value") {
  const auto full = verified(grub_machine());
  const auto own = reference_of(full);
  CHECK(explanation_of(8, full, nullptr) == explanation::events);
  CHECK(explanation_of(3, full, nullptr) == explanation::nothing);
  CHECK(explanation_of(3, full, own.get()) == explanation::reference);
  CHECK(explanation_of(4, with_no_events_of(4), own.get()) == explanation::nothing); // it has some of PCR 4
  const auto blind = reference_of(with_no_events_of(4));
  CHECK(explanation_of(4, with_no_events_of(4), blind.get()) == explanation::reference);
  auto content = full.get();
  for (auto& p : content.pcrs)
    if (p.index == 0) {
      bytes32 locality{};
      locality.back() = 3;
      p.value = crypto::digest{locality};
    }
  CHECK(explanation_of(0, claims_from_record(content), nullptr) == explanation::start_value);
  CHECK(explanation_of(20, full, nullptr) == explanation::nothing);
}

TEST_CASE("check 11: a PCR that the quote leaves out is as bad as what could hide there") {
  const auto full = verified(grub_machine());
  const auto own = reference_of(full);
  const auto level = [&](std::uint8_t left_out, const reference_set* reference, const policy& p) {
    auto content = full.get();
    std::erase_if(content.pcrs, [&](const auto& one) { return one.index == left_out; });
    std::erase_if(content.events, [&](const auto& one) { return one.pcr == left_out; });
    std::optional<severity> out;
    for (const auto& f : appraise_explanations(claims_from_record(content), reference, p))
      if (f.check == "boot.unquoted") out = f.level;
    return out;
  };
  CHECK(level(20, own.get(), policy{}) == std::nullopt); // all PCRs that the service asks for are quoted
  for (const auto pcr : std::to_array<std::uint8_t>({0, 4, 7, 8, 14})) {
    CAPTURE(pcr);
    CHECK(level(pcr, nullptr, policy{}) == severity::warning);
    CHECK(level(pcr, nullptr, policy_against("nothing")) == severity::failure);
  }
  CHECK(level(4, own.get(), policy{}) == severity::failure); // the reference compares it
}

TEST_CASE("check 11: a PCR that the log leaves out is as bad as what could hide there, unless a reference "
          "vouches") {
  const auto own = reference_of(verified(grub_machine()));
  const auto blind = reference_of(with_no_events_of(4));
  const auto silent = reference_of(without_log());
  struct row {
    const char* what;
    boot_claims claims;
    const reference_set* reference;
    policy rules;
    std::optional<severity> level;
    const char* denied; ///< subject of a denial
  };
  policy harsh;
  harsh.of(judged_check::debug_mode) = severity::failure;
  policy lax;
  lax.of(judged_check::no_boot_log) = severity::note;
  const std::string loader = "Calling EFI Application from Boot Option";
  const row rows[] = {
      {"no policy", with_no_events_of(4), own.get(), {}, severity::warning, nullptr},
      {"a reference that never had events of it", with_no_events_of(4), blind.get(), {}, {}, nullptr},
      {"such a one, and a deny list", with_no_events_of(4), blind.get(), policy_against("else"), {}, nullptr},
      // The reference's events led to this value, so a denied one among them was measured.
      {"a deny list", with_no_events_of(4), own.get(), policy_against("else"), severity::warning, nullptr},
      {"a denied event", with_no_events_of(4), own.get(), policy_against(loader), severity::warning,
       "PCR 4: "},
      {"a denied event, no reference", with_no_events_of(4), nullptr, policy_against(loader),
       severity::failure, nullptr},
      {"debug mode is a failure, PCR 4", with_no_events_of(4), own.get(), harsh, severity::warning, nullptr},
      {"debug mode is a failure, PCR 7", with_no_events_of(7), nullptr, harsh, severity::failure, nullptr},
      {"no log", without_log(), own.get(), {}, {}, nullptr},
      {"no log and a deny list", without_log(), nullptr, policy_against("else"), severity::failure, nullptr},
      {"no log and a denied event", without_log(), own.get(), policy_against(loader), {}, "PCR 4: "},
      {"no log, and debug mode is a failure", without_log(), nullptr, harsh, severity::failure, nullptr},
      {"no log is a note, and a separator would be a warning", without_log(), own.get(), lax,
       severity::warning, nullptr},
      {"the same, and a reference that never had one", without_log(), silent.get(), lax, {}, nullptr},
      {"no log, and a reference that never had one", without_log(), silent.get(), harsh, {}, nullptr},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto found = appraise_boot(row.claims, row.reference, row.rules);
    std::optional<severity> worst;
    for (const auto& f : found)
      if (f.check == "boot.unlogged") worst = std::max(worst.value_or(severity::note), f.level);
    CHECK(worst == row.level);
    const auto* denied = find(found, "boot.denied");
    REQUIRE((denied != nullptr) == (row.denied != nullptr));
    if (denied != nullptr) CHECK(denied->subject.starts_with(row.denied));
  }
}

TEST_CASE("check 11: PCR 1, 5 and 6 have no events of a type that claims that code was measured") {
  for (const std::uint8_t pcr : {std::uint8_t{1}, std::uint8_t{5}, std::uint8_t{6}}) {
    auto boot = grub_machine();
    boot.events.push_back(event(pcr, "x"));
    CHECK(find(appraise_boot(verified(boot), nullptr, policy{}), "boot.event-type") == nullptr);
    boot.events.back().type = 0x80000003;
    const auto claims = verified(boot);
    CHECK(find(appraise_boot(claims, nullptr, policy{}), "boot.event-type") != nullptr);
    // A reference that has the value vouches for it.
    CHECK(find(appraise_boot(claims, reference_of(claims).get(), policy{}), "boot.event-type") == nullptr);
  }
}

TEST_CASE("check 15: hidden data of PCR 7 weighs as much as what it may hide, at least a warning") {
  auto boot = grub_machine();
  boot.oddities = {{boot_oddity_kind::uncovered, 7, "event 12"}};
  policy lax;
  for (auto& level : lax.levels)
    level = severity::note;
  CHECK(find(appraise_boot(verified(boot), nullptr, lax), "boot.uncovered")->level == severity::warning);
  lax.of(judged_check::secure_boot_off) = severity::failure;
  CHECK(find(appraise_boot(verified(boot), nullptr, lax), "boot.uncovered")->level == severity::failure);
}
