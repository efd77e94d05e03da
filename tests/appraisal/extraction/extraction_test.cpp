#include "appraisal/extraction/extraction.hpp"
#include "appraisal/extraction/extraction_rules_text.hpp"
#include "appraisal/reference/extraction_codec.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/settings/shipped.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

event_rule rule(std::uint8_t pcr, std::string description, std::optional<std::uint32_t> type = std::nullopt) {
  return {pcr, type, pattern::make(std::move(description)).value()};
}

std::shared_ptr<const reference_set> learnt(const boot_content& boot, const extraction_rules& rules) {
  auto content = extract(verified(boot), {}, rules, "test");
  REQUIRE_MESSAGE(content.ok(), content.fault().check);
  auto set = reference_set::make(*std::move(content));
  REQUIRE_MESSAGE(set.ok(), set.fault().check);
  return *set;
}

std::vector<std::string> judged(const boot_content& boot, const std::shared_ptr<const reference_set>& set) {
  return checks_of(appraise_boot(verified(boot), set.get(), policy{}));
}

boot_content with_event(boot_event more) {
  auto boot = grub_machine();
  more.number = 20;
  boot.events.push_back(std::move(more));
  return boot;
}

/// A machine that counts its boots in an event of PCR 8.
boot_content counting(int boots) { return with_event(event(8, "set boots=" + std::to_string(boots))); }

std::uint32_t without(unsigned pcr) { return learnable_pcrs() & ~(1U << pcr); }

std::string refusal(std::string_view text) {
  const auto read = parse_extraction_rules("r.yaml", text);
  return read ? "accepted" : read.fault().check;
}

} // namespace

TEST_CASE("a PCR that is not learnt is not compared, by value or by events") {
  for (const unsigned pcr : {0U, 4U, 8U, 9U, 14U}) {
    CAPTURE(pcr);
    extraction_rules rules;
    rules.pcrs = without(pcr);
    const auto set = learnt(grub_machine(), rules);
    CHECK(set->pcr(pcr) == nullptr);
    CHECK(set->events(pcr) == nullptr);
    const auto other = with_event(event(static_cast<std::uint8_t>(pcr), "another step"));
    CHECK(judged(other, set).empty());
    CHECK_FALSE(judged(other, learnt(grub_machine(), {})).empty());
  }
}

TEST_CASE("the length of IMA's list in a PCR of its own is never learnt, and splits no quorum") {
  auto policy_of_group = lenient();
  policy_of_group.ima_pcrs = 1U << 13U;
  const auto taught = [&](std::string_view list, const char* name) {
    auto boot = grub_machine();
    boot.ima_pcrs |= 1U << 13U;
    boot.events.push_back({13, 13, 99, digest_of(list), {}, {}, {}});
    auto claims = verified(boot).get();
    std::erase_if(claims.events, [](const boot_event& e) { return e.pcr == 13; });
    return taught_by(claims_from_record(std::move(claims)), {}, name, policy_of_group);
  };
  const std::vector all{taught("one entry", "node 1"), taught("another", "node 2")};
  const auto set = extract(all[0], extraction_rules{}, "node 1").value();
  CHECK(std::ranges::find(set.pcrs, 13, &pcr_claim::index) == set.pcrs.end());
  CHECK(std::ranges::find(set.pcrs, 12, &pcr_claim::index) != set.pcrs.end());
  CHECK(extract_quorum(all, 2, {}).ok());
}

TEST_CASE("an event that is left out may differ; the others of its PCR may not") {
  extraction_rules rules;
  rules.leave_out = {rule(8, "set boots=[0-9]+")};
  const auto set = learnt(counting(1), rules);
  CHECK(set->pcr(8) == nullptr);
  CHECK(judged(counting(1), set).empty());
  CHECK(judged(counting(2), set).empty());
  CHECK(judged(grub_machine(), set).empty());
  CHECK_FALSE(judged(counting(2), learnt(counting(1), {})).empty());
  auto changed = counting(2);
  changed.events.push_back(event(8, "insmod evil"));
  CHECK(judged(changed, set) == std::vector<std::string>{"boot.loader-command"});
}

TEST_CASE("events can be left out of a PCR that must be equal, and its other events are still compared") {
  extraction_rules rules;
  rules.leave_out = {rule(4, "Returning .*")};
  const auto set = learnt(grub_machine(), rules);
  CHECK(judged(with_event(event(4, "Returning from EFI Application")), set).empty());
  CHECK(judged(with_event(event(4, "Calling another one")), set) == std::vector<std::string>{"boot.event"});
}

TEST_CASE("an event whose text no digest covers is never left out") {
  extraction_rules rules;
  rules.leave_out = {rule(9, ".*")};
  const auto set = learnt(grub_machine(), rules);
  boot_event evil = file_event("set boots=1", "evil");
  evil.label = "set boots=1";
  CHECK_FALSE(judged(with_event(evil), set).empty());
}

TEST_CASE("code that looks like text is never left out, but text of several lines is") {
  extraction_rules rules;
  rules.leave_out = {rule(8, ".*")};
  const auto set = learnt(grub_machine(), rules);
  CHECK(judged(with_event(event(8, "menuentry x {\\x0a\\x09linux /y\\x0a}")), set).empty());
  CHECK_FALSE(judged(with_event(event(8, "MZ\\x90\\x00\\x03")), set).empty());
}

TEST_CASE("a type narrows a rule") {
  extraction_rules rules;
  rules.leave_out = {rule(8, "set .*", 0x0d)};
  const auto set = learnt(grub_machine(), rules);
  auto typed = event(8, "set x=1");
  typed.type = 0x0d;
  CHECK(judged(with_event(typed), set).empty());
  typed.type = 0x04;
  CHECK_FALSE(judged(with_event(typed), set).empty());
}

TEST_CASE("a PCR with events that are left out never passes unexplained") {
  extraction_rules rules;
  rules.leave_out = {rule(8, "set .*")};
  const auto set = learnt(grub_machine(), rules);

  auto no_log = grub_machine();
  const auto values = verified(no_log);
  auto blind = values.get();
  blind.has_log = false;
  blind.events.clear();
  const auto found = checks_of(appraise_boot(claims_from_record(blind), set.get(), policy{}));
  CHECK(std::ranges::count(found, "boot.pcr-8") == 1);
  CHECK_FALSE(extract(claims_from_record(blind), {}, rules, "x"));

  // Extended by something that no log has: a value, but no events. Nor does the set expect an event.
  extraction_rules eleven;
  eleven.leave_out = {rule(11, "phase .*")};
  boot_content quiet = grub_machine();
  auto content = verified(quiet).get();
  for (auto& p : content.pcrs)
    if (p.index == 11) p.value = crypto::digest{bytes32{}};
  const auto made = extract(claims_from_record(content), {}, eleven, "x");
  REQUIRE(made.ok());
  const auto eleven_set = reference_set::make(*made).value();
  CHECK(checks_of(appraise_boot(claims_from_record(content), eleven_set.get(), policy{})).empty());
  for (auto& p : content.pcrs)
    if (p.index == 11) p.value = digest_of("extended unseen");
  CHECK(checks_of(appraise_boot(claims_from_record(content), eleven_set.get(), policy{}))
        == std::vector<std::string>{"boot.pcr-11"});
}

TEST_CASE("nothing is learnt by events from a machine without a boot log, even if nothing was measured") {
  extraction_rules rules;
  rules.leave_out = {rule(11, "phase .*")};
  auto content = verified(grub_machine()).get();
  content.has_log = false;
  content.events.clear();
  for (auto& p : content.pcrs)
    if (p.index == 11) p.value = crypto::digest{bytes32{}};
  CHECK_FALSE(extract(claims_from_record(content), {}, rules, "x"));
}

TEST_CASE("rules under which nothing must be equal make no set") {
  extraction_rules rules;
  rules.pcrs = 1U << 8 | 1U << 9;
  CHECK_FALSE(defect_of(rules).empty());
  const auto made = extract(verified(grub_machine()), {}, rules, "x");
  REQUIRE_FALSE(made.ok());
  CHECK(made.fault().code == errc::denied);
  // Events alone are not enough: a set must have at least one value.
  rules.pcrs = 1U << 4;
  rules.leave_out = {rule(4, ".*")};
  CHECK_FALSE(extract(verified(grub_machine()), {}, rules, "x"));
  // A stored set without a value is refused when it is loaded.
  extraction_rules sound;
  sound.leave_out = {rule(4, ".*")};
  auto content = extract(verified(grub_machine()), {}, sound, "x").value();
  CHECK(reference_set::make(content).ok());
  content.pcrs.clear();
  CHECK_FALSE(reference_set::make(content));
}

TEST_CASE("a set that leaves out events of a PCR but still binds its value is refused") {
  extraction_rules rules;
  rules.leave_out = {rule(8, "set .*")};
  auto content = extract(verified(grub_machine()), {}, rules, "x").value();
  content.pcrs.push_back({hash_algorithm::sha256, 8, digest_of("x")});
  CHECK_FALSE(reference_set::make(content));
}

TEST_CASE("files are learnt by include and exclude patterns of the whole path") {
  extraction_rules rules;
  rules.include_files = {pattern::make("/usr/.*").value(), pattern::make("/init").value()};
  rules.exclude_files = {pattern::make(".*\\.pyc").value()};
  file_claims files;
  for (const auto* path : {"/usr/bin/ls", "/usr/lib/x.pyc", "/init", "/initrd", "/tmp/x"})
    push_file(files, path, path);
  const auto made = extract(verified(grub_machine()), files, rules, "x");
  REQUIRE(made.ok());
  REQUIRE(made->files.size() == 2);
  CHECK(made->files[0].path == "/init");
  CHECK(made->files[1].path == "/usr/bin/ls");
}

TEST_CASE("rules and the sets they make come back from their records; order does not change a digest") {
  extraction_rules rules;
  rules.pcrs = without(1);
  rules.leave_out = {rule(9, "b.*"), rule(8, "a.*", 13)};
  rules.include_files = {pattern::make("/b.*").value(), pattern::make("/a.*").value()};
  const auto again = extraction_rules_from(to_record(rules).read_back());
  REQUIRE_MESSAGE(again.ok(), again.fault().check);
  CHECK(digest_of(*again) == digest_of(rules));
  auto shuffled = rules;
  std::ranges::reverse(shuffled.leave_out);
  std::ranges::reverse(shuffled.include_files);
  CHECK(digest_of(shuffled) == digest_of(rules));
  CHECK(digest_of(extraction_rules{}) != digest_of(rules));

  const auto set = extract(verified(grub_machine()), {}, rules, "x").value();
  const auto back = reference_content_from(to_record(set).read_back());
  REQUIRE_MESSAGE(back.ok(), back.fault().check);
  CHECK(back->left_out == set.left_out);
  CHECK(same(to_record(*back).content(), to_record(set).content()));
}

TEST_CASE("a record of rules with a defect is refused") {
  auto stored = make_record<records::ExtractionRules>([](records::ExtractionRules::Builder out) {
    out.setVersion(1);
    out.setPcrs(1U << 8);
  });
  CHECK_FALSE(extraction_rules_from(stored.read_back()));
  stored = make_record<records::ExtractionRules>([](records::ExtractionRules::Builder out) {
    out.setVersion(1);
    out.setPcrs(learnable_pcrs());
    out.initIncludeFiles(1).set(0, data_of(as_bytes("(")));
  });
  CHECK_FALSE(extraction_rules_from(stored.read_back()));
}

TEST_CASE("the shipped rules can be read, and do what their comments promise") {
  const auto servers = parse_extraction_rules("servers.yaml", shipped_file("configs/rules/servers.yaml"));
  REQUIRE_MESSAGE(servers.ok(), servers.fault().check);
  CHECK_FALSE(servers->learns_pcr(1));
  CHECK(servers->learns_file("/usr/bin/ls"));
  CHECK_FALSE(servers->learns_file("/home/x"));
  const auto firmware = parse_extraction_rules("firmware.yaml", shipped_file("configs/rules/firmware.yaml"));
  REQUIRE_MESSAGE(firmware.ok(), firmware.fault().check);
  CHECK_FALSE(firmware->learns_pcr(8));
  for (const auto* path : {"/usr/bin/ls", "memfd:evil", "evil", "/"})
    CHECK(firmware->learns_file(path) == (std::string_view{path} == "/"));
  CHECK(parse_extraction_rules("r.yaml", "version: 1\n").value() == extraction_rules{});
}

TEST_CASE("a mistake in rules is reported with file, line and key") {
  const struct {
    std::string_view text;
    std::string_view says;
  } table[] = {
      {"boot: {}\n", "r.yaml:1: version: missing"},
      {"version: 2\n", "r.yaml:1: version: expected 1, the one format"},
      {"version: 1\nboots: {}\n", "r.yaml:2: boots: unknown key"},
      {"version: 1\nboot:\n  pcrs: [0, 10]\n", "r.yaml:3: boot.pcrs[1]: expected one of PCR 0, 1,"},
      {"version: 1\nboot:\n  pcrs: [0, 0]\n", "is in the list twice"},
      {"version: 1\nboot:\n  pcrs: [8]\n", "r.yaml:3: boot.pcrs: none of PCR 0, 2, 3, 4 and 7"},
      {"version: 1\nboot:\n  leave_out:\n    - pcr: 8\n", "boot.leave_out[0].description: missing; the type"},
      {"version: 1\nboot:\n  leave_out:\n    - description: x\n", "boot.leave_out[0].pcr: missing"},
      {"version: 1\nboot:\n  leave_out:\n    - pcr: 8\n      description: '('\n",
       "r.yaml:5: boot.leave_out[0].description: expected a pattern in RE2's syntax"},
      {"version: 1\nboot:\n  leave_out:\n    - pcr: 8\n      type: IPL\n      description: x\n",
       "boot.leave_out[0].type: expected a type of events"},
      {"version: 1\nboot:\n  leave_out:\n    - pcr: 8\n      what: x\n      description: x\n",
       "boot.leave_out[0].what: unknown key"},
      {"version: 1\nboot:\n  leave_out: [x]\n", "boot.leave_out[0]: expected keys and values"},
      {"version: 1\nboot:\n  leave_out:\n    - {pcr: 1, description: x}\n",
       "PCR 1 is compared by its value only"},
      {"version: 1\nima:\n  include: []\n", "r.yaml:3: ima.include: expected at least one pattern"},
      {"version: 1\nima:\n  exclude: [tmp]\n", "ima.exclude[0]: expected a pattern of absolute paths"},
  };
  for (const auto& [text, says] : table)
    CHECK_MESSAGE(refusal(text).find(says) != std::string::npos, refusal(text));
}
