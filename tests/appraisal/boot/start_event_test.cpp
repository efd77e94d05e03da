// What breaks if these fail: an operating system that resets the TPM and starts it again replays the events of
// a boot that the firmware started, and looks like it.
#include "appraisal/boot/start_event.hpp"
#include "tests/appraisal/samples.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

/// A machine whose PCR 0 has the build of its firmware, and starts at that locality.
boot_claims started(std::uint8_t locality, std::string build = "build 1") {
  auto boot = grub_machine();
  boot.events.insert(boot.events.begin(), {event(0, "firmware"), event(0, std::move(build))});
  auto content = verified(std::move(boot)).get();
  crypto::hasher hash{hash_algorithm::sha256};
  auto value = tpm::start_value(hash_algorithm::sha256, 0, locality);
  for (const auto& e : content.events)
    if (e.pcr == 0) hash.extend(value, e.digest.view());
  for (auto& p : content.pcrs)
    if (p.index == 0) p.value = value;
  return claims_from_record(std::move(content));
}

/// Leaves out what names the build.
extraction_rules without_build() {
  extraction_rules out;
  out.leave_out = {{0, std::nullopt, pattern::make("build .*").value()}};
  return out;
}

std::shared_ptr<const reference_set> learnt(const boot_claims& from, const extraction_rules& rules) {
  auto content = extract(from, {}, rules, "test");
  REQUIRE_MESSAGE(content.ok(), content.fault().check);
  return reference_set::make(*std::move(content)).value();
}

std::vector<std::string> judged(const boot_claims& claims, const std::shared_ptr<const reference_set>& set) {
  return checks_of_logged(appraise_boot(claims, set.get(), policy{}));
}

} // namespace

TEST_CASE("check 42: a reference compares where PCR 0 started, by value or by events") {
  const auto by_value = learnt(started(3), {});
  CHECK(judged(started(3), by_value).empty());
  CHECK(judged(started(0), by_value) == std::vector<std::string>{"boot.pcr-0"});
  CHECK(judged(started(4), by_value) == std::vector<std::string>{"boot.pcr-0"});

  const auto by_events = learnt(started(3), without_build());
  CHECK(by_events->pcr(0) == nullptr);
  CHECK(judged(started(3), by_events).empty());
  CHECK(judged(started(3, "build 2"), by_events).empty());
  for (const std::uint8_t other : {std::uint8_t{0}, std::uint8_t{4}}) {
    const auto findings = appraise_boot(started(other, "build 2"), by_events.get(), policy{});
    const auto* told = find(findings, "boot.event");
    REQUIRE(told != nullptr);
    CHECK(told->level == severity::failure);
    CHECK(told->found.find("locality " + std::to_string(other)) != std::string::npos);
    CHECK(told->expected.find("locality 3") != std::string::npos);
  }
}

TEST_CASE("check 42: a set that was learnt without the start of PCR 0 is not met by any") {
  auto content = learnt(started(0), without_build())->content();
  for (auto& list : content.events)
    if (list.pcr == 0) list.events.erase(list.events.begin());
  const auto old = reference_set::make(std::move(content)).value();
  CHECK(judged(started(0), old) == std::vector<std::string>{"boot.event"});
}

TEST_CASE("check 42: a set is not learnt where nothing shows the start of PCR 0") {
  // The events do not lead to the value from any start.
  CHECK_FALSE(start_event(verified(grub_machine()).get()).has_value());
  auto boot = grub_machine();
  boot.events.push_back(event(0, "build 1"));
  const auto refused = extract(verified(boot), {}, without_build(), "test");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().check
        == "reference: PCR 0: events of it are to be left out, and nothing shows where it started");
}

TEST_CASE("check 42: canaries that start PCR 0 in different ways do not agree") {
  const auto quorum = [](std::uint8_t one, std::uint8_t other) {
    const std::vector all{taught_by(started(one), {}, "node 1"),
                          taught_by(started(other, "build 2"), {}, "node 2")};
    return extract_quorum(all, 2, without_build()).ok();
  };
  CHECK(quorum(3, 3));
  CHECK_FALSE(quorum(3, 0));
}

TEST_CASE("check 16: a PCR 0 that only shows where it started is not learnt") {
  auto content = started(3).get();
  std::erase_if(content.events, [](const boot_event& e) { return e.pcr == 0; });
  for (auto& p : content.pcrs)
    if (p.index == 0) p.value = tpm::start_value(hash_algorithm::sha256, 0, 3);
  const auto refused = extract(claims_from_record(std::move(content)), {}, {}, "test");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().check == "reference: PCR 0: nothing was measured into it");
}
