#include "appraisal/boot/appraise_boot.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

using names = std::vector<std::string>;

std::vector<finding> against_reference(boot_content changed) {
  const auto reference = reference_of(verified(grub_machine()));
  return appraise_boot(verified(std::move(changed)), reference.get(), policy{});
}

boot_event& event_with(boot_content& boot, std::string_view label_or_hint) {
  for (auto& e : boot.events)
    if (e.label == label_or_hint || e.hint == label_or_hint) return e;
  throw std::out_of_range{std::string{label_or_hint}};
}

} // namespace

TEST_CASE("a machine that booted as its reference did has no findings at all") {
  CHECK(against_reference(grub_machine()).empty());
}

TEST_CASE("a changed command line is one finding, with old and new text") {
  const std::string changed = command_line + " init=/bin/sh";
  auto boot = grub_machine();
  for (auto& e : boot.events)
    if (const auto at = e.text.find(command_line); at != std::string::npos) {
      e.text.replace(at, command_line.size(), changed);
      e.digest = digest_of(e.text);
    }
  boot.command_line = changed;
  const auto findings = against_reference(std::move(boot));
  // The menu entry and the linux command contain the same change and are not reported again.
  REQUIRE(checks_of(findings) == names{"boot.command-line"});
  CHECK(findings[0].expected == command_line);
  CHECK(findings[0].found == changed);
  CHECK(findings[0].level == severity::failure);
  CHECK(findings[0].subject == "PCR 8, event 6 (kernel_cmdline)");
}

TEST_CASE("another change is reported in addition to a changed command line") {
  auto boot = grub_machine();
  for (auto& e : boot.events)
    if (const auto at = e.text.find(command_line); at != std::string::npos) {
      e.text.replace(at, command_line.size(), command_line + " quiet");
      e.digest = digest_of(e.text);
    }
  auto& menu = boot.events[1];
  menu.text += " insmod evil";
  menu.digest = digest_of(menu.text);
  CHECK(checks_of(against_reference(std::move(boot))) == names{"boot.command-line", "boot.loader-command"});
}

TEST_CASE("a changed file of the boot loader is named as the log names it") {
  struct row {
    const char* file;
    const char* check;
  };
  for (const auto& r : {row{"/initrd.img", "boot.initrd"}, row{"/vmlinuz", "boot.kernel-file"},
                        row{"/boot/grub/grub.cfg", "boot.loader-file"}}) {
    CAPTURE(r.file);
    auto boot = grub_machine();
    event_with(boot, r.file).digest = digest_of("other content");
    const auto findings = against_reference(std::move(boot));
    REQUIRE(checks_of(findings) == names{r.check});
    CHECK(findings[0].subject.find(r.file) != std::string::npos);
    CHECK(findings[0].found == "sha256:" + to_hex(digest_of("other content").view()));
    CHECK(findings[0].expected.starts_with("sha256:"));
  }
}

TEST_CASE("an added and a removed event are found where they are") {
  auto added = grub_machine();
  added.events.insert(added.events.begin() + 3, event(8, "insmod evil", "grub_cmd"));
  auto findings = against_reference(std::move(added));
  REQUIRE(checks_of(findings) == names{"boot.loader-command"});
  CHECK(findings[0].found == "insmod evil");
  CHECK(findings[0].expected.empty());

  auto removed = grub_machine();
  removed.events.pop_back();
  findings = against_reference(std::move(removed));
  REQUIRE(checks_of(findings) == names{"boot.mok"});
  CHECK(findings[0].found.empty());
}

TEST_CASE("the order of events counts") {
  auto boot = grub_machine();
  std::swap(boot.events[1], boot.events[3]);
  CHECK_FALSE(checks_of(against_reference(std::move(boot))).empty());
}

TEST_CASE("many changes give few findings, and the last one counts the rest") {
  auto boot = grub_machine();
  for (int i = 0; i < 1000; ++i)
    boot.events.push_back(event(8, "cmd " + std::to_string(i), "grub_cmd"));
  const auto findings = against_reference(std::move(boot));
  CHECK(checks_of(findings).size() == 4);
  CHECK(findings.back().sentence.find("more than") != std::string::npos);
}

TEST_CASE("PCR 0, 2, 3, 4, 7 must be equal, and the first event that differs is named") {
  for (const std::uint8_t index : equal_pcrs) {
    CAPTURE(int{index});
    auto boot = grub_machine();
    boot.events.push_back(event(index, "something else"));
    const auto findings = against_reference(std::move(boot));
    REQUIRE(checks_of(findings) == names{"boot.pcr-" + std::to_string(index)});
    CHECK(findings[0].found == "something else");
    CHECK(findings[0].sentence.find(std::string{meaning_of_pcr(index)}) != std::string::npos);
  }
}

TEST_CASE("texts that are equal although their digests differ give way to the digests") {
  auto boot = grub_machine();
  boot.events.push_back(event(7, "dbx = 76 bytes", "dbx"));
  const auto reference = reference_of(verified(boot));
  boot.events.back().digest = digest_of("other 76 bytes");
  const auto findings = appraise_boot(verified(boot), reference.get(), policy{});
  REQUIRE(checks_of(findings) == names{"boot.pcr-7"});
  CHECK(findings[0].expected == "sha256:" + to_hex(digest_of("dbx = 76 bytes").view()));
  CHECK(findings[0].found == "sha256:" + to_hex(digest_of("other 76 bytes").view()));
}

TEST_CASE("PCR 1, 5 and 6 are reported, not judged") {
  for (const std::uint8_t index : informative_pcrs) {
    CAPTURE(int{index});
    auto boot = grub_machine();
    boot.events.push_back(event(index, "boot order"));
    const auto findings = against_reference(std::move(boot));
    CHECK(checks_of(findings).empty());
    CHECK(checks_of(findings, severity::note) == names{"boot.configuration"});
  }
}

TEST_CASE("a required PCR that was not quoted is a failure") {
  auto content = verified(grub_machine()).get();
  std::erase_if(content.pcrs, [](const auto& p) { return p.index == 7; });
  const auto reference = reference_of(verified(grub_machine()));
  const auto findings = appraise_boot(claims_from_record(content), reference.get(), policy{});
  const auto* missing = find(findings, "boot.pcr-7");
  REQUIRE(missing != nullptr);
  CHECK(missing->found == "not quoted");
  CHECK(find(findings, "boot.unquoted") != nullptr);
  CHECK(findings.size() == 2);
}

TEST_CASE("without a boot log the values are compared, and the missing log is a warning") {
  const auto reference = reference_of(verified(grub_machine()));
  auto same = verified(grub_machine()).get();
  same.has_log = false;
  same.events.clear();
  CHECK(checks_of(appraise_boot(claims_from_record(same), reference.get(), policy{}))
        == names{"boot.no-log"});
  auto other = grub_machine();
  other.events.push_back(event(8, "evil", "grub_cmd"));
  auto blind = verified(std::move(other)).get();
  blind.has_log = false;
  blind.events.clear();
  CHECK(checks_of(appraise_boot(claims_from_record(blind), reference.get(), policy{}))
        == names{"boot.pcr-8", "boot.no-log"});
}

TEST_CASE("a log that does not explain the value does not hide it") {
  auto content = verified(grub_machine()).get();
  for (auto& p : content.pcrs)
    if (p.index == 9) p.value = digest_of("extended later");
  const auto reference = reference_of(verified(grub_machine()));
  CHECK(checks_of(appraise_boot(claims_from_record(content), reference.get(), policy{}))
        == names{"boot.pcr-9"});
}

TEST_CASE("foreign text is made safe to print") {
  auto boot = grub_machine();
  boot.events.push_back(event(8, "\x1b[2Jcleared\n", "grub\x07"));
  for (const auto& f : against_reference(std::move(boot)))
    for (const auto* text : {&f.subject, &f.expected, &f.found, &f.sentence})
      CHECK(std::ranges::none_of(*text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
}

TEST_CASE("check 14: separators and late variables are findings by policy") {
  for (const auto kind : {boot_oddity_kind::separator_missing, boot_oddity_kind::separator_repeated,
                          boot_oddity_kind::separator_error, boot_oddity_kind::configuration_too_late}) {
    auto boot = grub_machine();
    boot.oddities = {{kind, 7, "detail"}};
    const auto claims = verified(boot);
    CHECK(checks_of_logged(appraise_boot(claims, nullptr, policy{})).size() == 1);
    policy hard;
    for (const auto check : {judged_check::separator, judged_check::secure_boot_late})
      hard.of(check) = severity::failure;
    CHECK(appraise_boot(claims, nullptr, hard).front().level == severity::failure);
  }
}

TEST_CASE("check 15: debug mode, disabled validation, Secure Boot off and an incomplete log are reported") {
  auto boot = grub_machine();
  boot.secure = secure_boot::off;
  boot.oddities = {{boot_oddity_kind::debug_mode, 7, ""},
                   {boot_oddity_kind::validation_disabled, 14, ""},
                   {boot_oddity_kind::exit_boot_services_missing, 5, ""}};
  const auto findings = appraise_boot(verified(boot), nullptr, policy{});
  for (const auto* check :
       {"boot.debug-mode", "boot.validation-off", "boot.secure-boot", "boot.log-incomplete"})
    CHECK_MESSAGE(find(findings, check) != nullptr, check);
}

TEST_CASE("check 16: a PCR that was not measured is never good, whatever the policy says") {
  auto boot = grub_machine();
  boot.oddities = {{boot_oddity_kind::not_measured, 0, ""}};
  policy lax;
  CHECK(least_level(judged_check::not_measured) == severity::warning);
  lax.of(judged_check::separator) = severity::note;
  const auto findings = appraise_boot(verified(boot), nullptr, lax);
  REQUIRE_FALSE(findings.empty());
  CHECK(findings[0].level == severity::warning);

  auto blank = verified(grub_machine()).get();
  for (auto& p : blank.pcrs)
    if (p.index == 0) p.value = crypto::digest{bytes32{}};
  CHECK_FALSE(reference_from(claims_from_record(blank), {}, "blank"));
}

TEST_CASE("check 18: the outcome of boot_aggregate becomes a finding") {
  struct row {
    aggregate_claim claim;
    const char* check;
    severity level;
  };
  for (const auto& r : {row{aggregate_claim::differs, "ima.boot-aggregate", severity::failure},
                        row{aggregate_claim::zero, "ima.boot-aggregate", severity::warning},
                        row{aggregate_claim::unchecked, "ima.boot-aggregate", severity::warning},
                        row{aggregate_claim::absent, "ima.no-log", severity::warning}}) {
    auto boot = grub_machine();
    boot.aggregate = r.claim;
    const auto findings = appraise_boot(verified(boot), nullptr, policy{});
    const auto* f = find(findings, r.check);
    REQUIRE(f != nullptr);
    CHECK(f->level == r.level);
  }
}

TEST_CASE("check 22: a bank that is filled with padded SHA-1 is flagged") {
  auto boot = grub_machine();
  boot.ima_banks = {{hash_algorithm::sha256, false}, {hash_algorithm::sha384, true}};
  const auto findings = appraise_boot(verified(boot), nullptr, policy{});
  REQUIRE(checks_of_logged(findings, severity::note) == names{"ima.padded-bank"});
  CHECK(find(findings, "ima.padded-bank")->subject == "PCR bank sha384");
}

TEST_CASE("check 24: a boot without a command line in its log looks no better than one that proves nothing") {
  // The firmware starts the kernel, with the line of a boot entry that root can change.
  auto boot = grub_machine();
  std::erase_if(boot.events, [](const boot_event& e) { return e.pcr == 8; });
  boot.command_line.reset();
  const auto alone = verified(boot);
  const auto learnt = reference_of(alone);
  for (const auto* set : {static_cast<const reference_set*>(nullptr), learnt.get()}) {
    const auto findings = appraise_boot(alone, set, policy{});
    const auto* doubt = find(findings, "ima.nothing-measured");
    REQUIRE(doubt != nullptr);
    CHECK(doubt->level == severity::warning);
  }
}

TEST_CASE("check 24: the command line inside a unified kernel image must be the reference's, otherwise it is "
          "a finding") {
  auto boot = grub_machine();
  std::erase_if(boot.events, [](const boot_event& e) { return e.pcr == 8; });
  boot.command_line.reset();
  for (const auto* section : {".linux", ".cmdline"})
    boot.events.push_back(event(11, section));
  for (std::uint32_t number = 0; auto& e : boot.events)
    e.number = ++number;
  const auto unified = verified(boot);
  const auto set = reference_of(unified);
  CHECK(find(appraise_boot(unified, set.get(), policy{}), "ima.nothing-measured") == nullptr);
  // Without a set it is what a set would learn.
  CHECK(find(appraise_boot(unified, nullptr, policy{}), "ima.nothing-measured") == nullptr);
  // If the set leaves out what may replace it, it is unknown which line it was.
  extraction_rules without_12;
  without_12.pcrs = ~(1U << 12U) & 0x7bffU;
  const auto loose = reference_set::make(extract(unified, {}, without_12, "test").value()).value();
  CHECK(find(appraise_boot(unified, loose.get(), policy{}), "ima.nothing-measured") != nullptr);
}

TEST_CASE("check 24: a command line that names no IMA policy, or that is not proven, is reported") {
  struct row {
    std::optional<std::string> line;
    bool told;
  };
  for (const auto& r : {row{"/vmlinuz ima_policy=tcb", false}, row{"/vmlinuz ima_tcb quiet", false},
                        row{"/vmlinuz quiet", true}, row{"/vmlinuz x_ima_policy=tcb", true},
                        row{"/vmlinuz ima_policy=none", true}, row{std::nullopt, true}}) {
    auto boot = grub_machine();
    boot.command_line = r.line;
    const auto findings = appraise_boot(verified(boot), nullptr, policy{});
    // The log has a command line, so what it does not prove is a warning, whatever the list says.
    CHECK((find(findings, "ima.nothing-measured") != nullptr) == r.told);
    CHECK(find(findings, "ima.policy-unknown") == nullptr);
  }
}

TEST_CASE("a machine with a unified kernel image gets no finding about its command line, nor advice on the "
          "loader") {
  auto boot = grub_machine();
  boot.command_line = std::nullopt;
  std::erase_if(boot.events, [](const boot_event& e) { return e.pcr == 8; });
  for (const auto* name : {".linux", ".cmdline"})
    boot.events.push_back(samples::event(11, name));
  const auto findings = appraise_boot(verified(boot), nullptr, policy{});
  const auto* f = find(findings, "ima.policy-unknown");
  REQUIRE(f != nullptr);
  CHECK(f->level == severity::note);
  CHECK(f->sentence.find("unified kernel image") != std::string::npos);
  CHECK(f->remedy.find("GRUB") == std::string::npos);
}
