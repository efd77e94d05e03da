// A staged upgrade: two sets are allowed, for each boot as a whole and for each file by itself
// (docs/design.md 11).
#include "appraisal/attestation/reappraise.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

boot_content machine(std::string_view kernel, std::string_view initrd) {
  auto out = grub_machine();
  for (auto& e : out.events) {
    if (e.hint == "/vmlinuz") e.digest = digest_of(kernel);
    if (e.hint == "/initrd.img") e.digest = digest_of(initrd);
  }
  return out;
}

file_claims files_of(std::initializer_list<std::pair<const char*, const char*>> files) {
  file_claims out;
  for (const auto& [path, content] : files)
    push_file(out, path, content);
  return out;
}

const auto before = reference_of(verified(machine("kernel 1", "initrd 1")),
                                 files_of({{"/bin/sh", "sh 1"}, {"/bin/ls", "ls 1"}}));
const auto after = reference_of(verified(machine("kernel 2", "initrd 2")),
                                files_of({{"/bin/sh", "sh 2"}, {"/bin/ls", "ls 2"}}));

std::vector<std::string> boot_checks(std::string_view kernel, std::string_view initrd,
                                     const reference_choice& choice) {
  return checks_of(appraise_boot(verified(machine(kernel, initrd)), choice, policy{}));
}

} // namespace

TEST_CASE("while an upgrade is staged the old and the new boot pass, and before it only the old one") {
  const reference_choice both{before.get(), after.get()};
  CHECK(boot_checks("kernel 1", "initrd 1", both).empty());
  CHECK(boot_checks("kernel 2", "initrd 2", both).empty());
  CHECK(boot_checks("kernel 1", "initrd 1", before.get()).empty());
  CHECK_FALSE(boot_checks("kernel 2", "initrd 2", before.get()).empty());
}

TEST_CASE("a boot that is half old and half new passes under neither set, because it was never tested") {
  const reference_choice both{before.get(), after.get()};
  const auto mixed = boot_checks("kernel 2", "initrd 1", both);
  CHECK_FALSE(mixed.empty());
  CHECK_FALSE(boot_checks("kernel 3", "initrd 3", both).empty());
}

TEST_CASE("findings are those of the nearest set, and name it") {
  const reference_choice both{before.get(), after.get()};
  const auto near_new = appraise_boot(verified(machine("kernel 2", "implant")), both, policy{});
  const auto* f = find(near_new, "boot.initrd");
  REQUIRE(f != nullptr);
  CHECK(f->sentence.find("Nearest is the staged set.") != std::string::npos);
  CHECK(find(near_new, "boot.kernel-file") == nullptr);
  const auto near_old = appraise_boot(verified(machine("kernel 1", "implant")), both, policy{});
  REQUIRE(find(near_old, "boot.initrd") != nullptr);
  CHECK(find(near_old, "boot.initrd")->sentence.find("Nearest is the set in force.") != std::string::npos);
}

TEST_CASE("files pass one by one, old or new, and an unknown one passes under neither set") {
  const reference_choice both{before.get(), after.get()};
  const auto mixed = files_of({{"/bin/sh", "sh 2"}, {"/bin/ls", "ls 1"}});
  CHECK(appraise_files(mixed, both, policy{}).total == 0);
  CHECK(appraise_files(mixed, before.get(), policy{}).total == 1);
  const auto implant = files_of({{"/bin/sh", "implant"}});
  const auto judged = appraise_files(implant, both, policy{});
  REQUIRE(judged.total == 1);
  CHECK(judged.findings.front().check == "ima.changed-file");
  // The finding names both contents that the path may have.
  CHECK(judged.findings.front().expected.find(to_hex(digest_of("sh 1").view())) != std::string::npos);
  CHECK(judged.findings.front().expected.find(to_hex(digest_of("sh 2").view())) != std::string::npos);
}

TEST_CASE("a re-appraisal computes claim findings again and keeps those that end in another way") {
  finding of_evidence;
  of_evidence.kind = finding_kind::evidence;
  of_evidence.check = "evidence.quote";
  finding old_claim;
  old_claim.kind = finding_kind::claim;
  old_claim.check = "ima.unknown-file";
  const std::vector<finding> recorded{of_evidence, old_claim};
  const auto boot = appraise_boot(verified(machine("kernel 1", "initrd 1")), before.get(), policy{});
  const auto out = reappraise(boot, files_of({{"/bin/sh", "sh 1"}}), before.get(), policy{},
                              {recorded, 2, endorsement::inventory});
  REQUIRE(out.findings.findings.size() == 1);
  CHECK(out.findings.findings.front().check == "evidence.quote");
  CHECK(out.verdict == verdict::contraindicated);
  finding alarm;
  alarm.kind = finding_kind::event;
  alarm.level = severity::warning;
  alarm.check = "identity.two-hosts";
  const std::vector<finding> raised{alarm};
  const auto alarmed = reappraise(boot, {}, before.get(), policy{}, {raised, 1, endorsement::inventory});
  CHECK(alarmed.verdict == verdict::warning);
}
