// Four boots of one real machine: the reference, a reboot, another command line, another initrd.
#include "appraisal/boot/boot_facts.hpp"
#include "appraisal/boot/required_claims.hpp"
#include "appraisal/verdict/verdict.hpp"
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

TEST_CASE("a reboot of the same machine gives no finding, although load addresses changed") {
  for (const auto& f : against_grub_sb(verified_vm("grub-sb-reboot")))
    FAIL_CHECK(f.check << " " << f.subject << ": " << f.sentence);
}

TEST_CASE("a changed command line of a real machine shows old and new text") {
  const auto findings = against_grub_sb(verified_vm("grub-sb-cmdline"));
  // GRUB's configuration, which holds the command line, changed too.
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

TEST_CASE("a real machine's claims: Secure Boot on, command line covered, bound to its boot") {
  const auto machine = verified_vm("grub-sb");
  CHECK(machine.boot->has_log);
  CHECK(machine.boot->secure == secure_boot::on);
  CHECK(machine.boot->command_line == "BOOT_IMAGE=" + old_line);
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

TEST_CASE("each real machine gives claims, and passes its own reference but for warnings") {
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

TEST_CASE("check 15: the list of forbidden signatures is a claim of real machines, counted with its digest") {
  CHECK(verified_vm("grub-sb").boot->variable("dbx")->entries == 1);
  CHECK(verified_vm("direct-tis").boot->variable("dbx")->entries == 0);
  // This firmware measures no version that can be compared.
  CHECK(proven_firmware_version(verified_vm("grub-sb").boot.get()) == nullptr);
}

TEST_CASE(
    "a real boot's keys, option ROMs, loaders, initial RAM disk and disk are reported with their digests") {
  const auto grub = verified_vm("grub-sb");
  const auto& boot = grub.boot.get();
  struct row {
    const char* name;
    std::uint64_t size;
    std::uint64_t entries;
    std::uint8_t mode;
  };
  const row rows[] = {{"SecureBoot", 1, 0, 1},
                      {"PK", 1005, 1, 0},
                      {"KEK", 2565, 2, 0},
                      {"db", 3143, 2, 0},
                      {"dbx", 76, 1, 0}};
  REQUIRE(boot.variables.size() == std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CHECK(boot.variables[i].name == rows[i].name);
    CHECK(boot.variables[i].size == rows[i].size);
    CHECK(boot.variables[i].entries == rows[i].entries);
    CHECK(boot.variables[i].mode == rows[i].mode);
  }
  const auto facts = facts_of(boot);
  CHECK(facts.option_roms_known);
  CHECK(facts.option_roms.size() == 1);
  CHECK(facts.loaders.size() == 4);
  CHECK(facts.shim_keys.size() == 3);
  REQUIRE(facts.initrds.size() == 1);
  CHECK(facts.initrds[0]->hint == "/initrd.img");
  REQUIRE(facts.disks.size() == 1);
  CHECK(facts.disks[0]->text.starts_with("disk 0bed0bed-0000-4000-8000-000000000001"));
  CHECK_FALSE(proves_unified_kernel(facts));

  // The kernel's stub measures the same RAM disk under a tag; GRUB measured it under its name.
  const auto direct = verified_vm("direct-tis");
  const auto direct_facts = facts_of(direct.boot.get());
  REQUIRE(direct_facts.initrds.size() == 1);
  CHECK(direct_facts.initrds[0]->hint == "Linux initrd");
  CHECK(direct_facts.initrds[0]->digest == facts.initrds[0]->digest);
}

TEST_CASE("pinned values hold for the machine that they were copied from, and after its reboot") {
  const auto pinned_digest = [](const crypto::digest& value) {
    return variable_digest{hash_algorithm::sha256, value};
  };
  const auto grub = verified_vm("grub-sb");
  policy p;
  p.require.pk_digests = {pinned_digest(grub.boot->variable("PK")->digest)};
  p.require.kek_digests = {pinned_digest(grub.boot->variable("KEK")->digest)};
  p.require.db_digests = {pinned_digest(grub.boot->variable("db")->digest)};
  const auto facts = facts_of(grub.boot.get());
  for (const auto* one : facts.shim_keys)
    p.require.mok_digests.push_back(pinned_digest(one->digest));
  const auto missed = [&](const char* machine) {
    std::vector<std::string> out;
    for (const auto& f : appraise_boot(verified_vm(machine).boot, nullptr, p))
      if (f.check.starts_with("require.")) out.push_back(f.check);
    return out;
  };
  CHECK(missed("grub-sb").empty());
  CHECK(missed("grub-sb-reboot").empty());
  CHECK(missed("direct-tis")
        == std::vector<std::string>{"require.pk", "require.kek", "require.db", "require.mok"});
  p.require.no_option_roms = demand::required; // QEMU's network card has one
  CHECK(missed("grub-sb") == std::vector<std::string>{"require.option-roms"});
}
