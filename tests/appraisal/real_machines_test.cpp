// Four boots of one real machine: the reference, a reboot, another command line, another initrd.
#include "appraisal/required_claims.hpp"
#include "appraisal/verdict.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;
using muster::testing::verified_vm;

namespace {

using names = std::vector<std::string>;

std::vector<finding> against_grub_sb(const testing::vm_claims& machine) {
  const auto good = verified_vm("grub-sb");
  const auto reference = reference_of(good.boot, good.files);
  auto findings = appraise_boot(machine.boot, reference.get(), policy{});
  const auto files = appraise_files(machine.files, reference.get(), policy{});
  findings.insert(findings.end(), files.findings.begin(), files.findings.end());
  return findings;
}

const std::string old_line =
    "/vmlinuz console=ttyS0 quiet ima_policy=tcb ima_hash=sha256 ima_template=ima-ng";

} // namespace

TEST_CASE("the reference machine has no findings against itself, and is affirmed") {
  const auto findings = against_grub_sb(verified_vm("grub-sb"));
  for (const auto& f : findings)
    FAIL_CHECK(f.check << " " << f.subject << ": " << f.sentence);
  CHECK(verdict_of(findings, endorsement::vendor, policy{}, reference_state::present) == verdict::affirming);
}

TEST_CASE("a reboot of the same machine is no finding, although load addresses changed") {
  for (const auto& f : against_grub_sb(verified_vm("grub-sb-reboot")))
    FAIL_CHECK(f.check << " " << f.subject << ": " << f.sentence);
}

TEST_CASE("a changed command line of a real machine shows old and new text") {
  const auto findings = against_grub_sb(verified_vm("grub-sb-cmdline"));
  // GRUB's configuration changed, too: it is where the command line stands.
  REQUIRE(checks_of(findings) == names{"boot.command-line", "boot.loader-file"});
  CHECK(findings[0].expected == old_line);
  CHECK(findings[0].found == old_line + " lockdown=none nokaslr");
  CHECK(findings[1].subject.find("grub.cfg") != std::string::npos);
  CHECK(verdict_of(findings, endorsement::vendor, policy{}, reference_state::present)
        == verdict::contraindicated);
}

TEST_CASE("a changed initrd of a real machine is named") {
  const auto findings = against_grub_sb(verified_vm("grub-sb-initrd"));
  REQUIRE(checks_of(findings) == names{"boot.initrd"});
  CHECK(findings[0].subject.find("/initrd.img") != std::string::npos);
  CHECK(findings[0].expected.starts_with("sha256:294f31f560"));
  CHECK(findings[0].found.starts_with("sha256:ac86a94e04"));
}

TEST_CASE("claims of a real machine: Secure Boot on, command line covered, bound to its boot") {
  const auto machine = verified_vm("grub-sb");
  CHECK(machine.boot->has_log);
  CHECK(machine.boot->secure == secure_boot::on);
  CHECK(machine.boot->command_line == old_line);
  CHECK(machine.boot->aggregate == aggregate_claim::bound);
  CHECK(machine.boot->events.size() == 51);
  CHECK(machine.boot->oddities.empty());
  REQUIRE(machine.files.size() == 74);
  CHECK(machine.files[0].kind == file_kind::boot_aggregate);
  CHECK(std::ranges::none_of(machine.boot->pcrs, [](const auto& p) { return p.index == 10; }));
}

TEST_CASE("boot_aggregate of a real machine is in no reference set") {
  const auto machine = verified_vm("grub-sb");
  const auto made = reference_from(machine.boot, machine.files, "grub-sb");
  REQUIRE(made);
  for (std::size_t i = 0; i < made->files.size(); ++i)
    CHECK(made->files[i].path != "boot_aggregate");
  const auto aggregate = machine.files[0];
  CHECK_FALSE(reference_of(machine.boot, machine.files)->knows(aggregate.algorithm, aggregate.digest));
}

TEST_CASE("each real machine gives claims, and is good by its own reference but for warnings") {
  for (const std::string name : testing::machines) {
    CAPTURE(name);
    const auto machine = verified_vm(name);
    const auto reference = reference_of(machine.boot, machine.files);
    for (const auto& f : appraise_boot(machine.boot, reference.get(), policy{})) {
      CAPTURE(f.sentence);
      CHECK(f.level != severity::failure);
    }
  }
}

TEST_CASE(
    "check 15: the list of forbidden signatures is a claim of real machines, counted under its digest") {
  CHECK(verified_vm("grub-sb").boot->dbx.value().entries == 1);
  CHECK(verified_vm("direct-tis").boot->dbx.value().entries == 0);
  // This firmware measures no version that anybody could compare.
  CHECK(proven_firmware_version(verified_vm("grub-sb").boot.get()) == nullptr);
}
