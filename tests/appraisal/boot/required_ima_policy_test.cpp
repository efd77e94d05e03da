// What a policy demands of IMA's own policy (docs/checks.md 24), claim by claim.
#include "appraisal/boot/required_claims.hpp"
#include "appraisal/kernel/ima_policy_file.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

TEST_CASE("check 24: the policy that stays is a known one, in its place, under a kernel that accepts no "
          "second one") {
  struct row {
    const char* what;
    void (*break_it)(boot_content&, policy&);
    const char* says;     ///< null: met
    bool of_init = false; ///< about the disk's own init, which the other demand ignores
  };
  const row rows[] = {
      {"nothing", [](boot_content&, policy&) {}, nullptr},
      {"tcb alone", [](boot_content& b, policy&) { b.ima_policy.file = policy_file::absent; },
       "until root loads another policy"},
      {"late", [](boot_content& b, policy&) { b.ima_policy.file = policy_file::late; },
       "Programs other than init"},
      {"two contents", [](boot_content& b, policy&) { b.ima_policy.file = policy_file::changed; },
       "with different content"},
      {"a known file that is no policy of the reference",
       [](boot_content& b, policy&) { b.ima_policy.digest = digest_of("ls 1"); }, "does not know"},
      {"another known program by the name of init",
       [](boot_content& b, policy&) { b.ima_policy.init = digest_of("ls 1"); }, "ran as init", true},
      {"no init", [](boot_content& b, policy&) { b.ima_policy.init = {}; }, "ran as init", true},
      {"another kernel", [](boot_content&, policy& p) { p.ima_policy_closes = false; }, "second IMA policy"},
      {"a policy that measures no file",
       [](boot_content& b, policy&) { b.command_line = "/vmlinuz ima_policy=critical_data"; },
       "no IMA policy that measures files"},
      {"for init only", [](boot_content& b, policy&) { b.command_line = "/vmlinuz -- ima_policy=tcb"; },
       "no IMA policy that measures files"},
      {"within another value",
       [](boot_content& b, policy&) { b.command_line = "/vmlinuz a=\"x ima_policy=tcb\""; },
       "no IMA policy that measures files"},
      {"a parameter that takes the TPM's registers",
       [](boot_content& b, policy&) { *b.command_line += " reserve=0xfed40000,0x5000"; }, "alone: reserve"},
      {"a parameter that the operator knows",
       [](boot_content& b, policy& p) {
         *b.command_line += " hugetlb_cma=1G";
         p.harmless_parameters = {"hugetlb-cma"};
       },
       nullptr},
      {"a command that takes ACPI tables away",
       [](boot_content& b, policy&) { b.events.push_back(event(8, "acpi --exclude=TPM2")); }, "finds: acpi"},
      {"a command that the operator knows",
       [](boot_content& b, policy& p) {
         b.events.push_back(event(8, "our_function x"));
         p.harmless_commands = {"our_function"};
       },
       nullptr},
      {"not wholly shown", [](boot_content& b, policy&) { b.command_line = "/vmlinuz ima_policy=tcb \\x00"; },
       "cannot be shown as they are"},
  };
  file_claims known;
  push_file(known, "/etc/ima/ima-policy", "measure");
  push_file(known, "/usr/lib/systemd/systemd", "systemd");
  push_file(known, "/usr/bin/ls", "ls 1");
  const auto reference = reference_of(verified(grub_machine()), known);
  for (const auto& r : rows)
    for (const bool by_init : {false, true}) {
      CAPTURE(r.what);
      CAPTURE(by_init);
      policy p;
      p.require.ima_policy = by_init ? ima_policy_demand::file : ima_policy_demand::initial_disk;
      p.ima_policy_closes = true;
      auto boot = grub_machine();
      boot.ima_policy = by_init ? policy_loaded_by_init() : policy_loaded_by_initial_disk();
      r.break_it(boot, p);
      const auto findings = appraise_required_claims(claims_from_record(boot), p, reference.get());
      const bool met = r.says == nullptr || (r.of_init && !by_init);
      REQUIRE(findings.size() == (met ? 0 : 1));
      if (met) continue;
      CHECK(findings[0].check == "require.ima-policy");
      CHECK_MESSAGE(findings[0].sentence.find(r.says) != std::string::npos, findings[0].sentence);
      CHECK_FALSE(findings[0].remedy.empty());
    }
}

TEST_CASE("check 24: a first program that is named on the command line may pass for an initial RAM disk") {
  file_claims known;
  push_file(known, "/etc/ima/ima-policy", "measure");
  const auto reference = reference_of(verified(grub_machine()), known);
  auto boot = grub_machine();
  boot.ima_policy = policy_loaded_by_initial_disk();
  policy p;
  p.ima_policy_closes = true;
  p.require.ima_policy = ima_policy_demand::initial_disk;
  CHECK(appraise_required_claims(claims_from_record(boot), p, reference.get()).empty());
  *boot.command_line += " init=/init";
  const auto findings = appraise_required_claims(claims_from_record(boot), p, reference.get());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].sentence.find("names the first program") != std::string::npos);
}

TEST_CASE("check 24: a command or a key that is not proven to be absent still counts") {
  auto boot = grub_machine();
  boot.ima_policy = policy_loaded_by_init();
  const auto believed = verified(boot);
  auto told = boot; // events that the set leaves out, or that came after the boot
  told.events.push_back(event(8, "acpi --exclude=TPM2"));
  told.events.push_back(event(14, "another MokList"));
  const auto all = verified(told);
  policy p;
  p.require.ima_policy = ima_policy_demand::command_line;
  for (const auto& e : boot.events)
    if (e.pcr == 14) p.require.mok_digests.push_back({hash_algorithm::sha256, e.digest});
  REQUIRE_FALSE(p.require.mok_digests.empty());
  CHECK(appraise_required_claims(believed, p).empty());
  CHECK(checks_of(appraise_required_claims(believed, p, {}, &all))
        == std::vector<std::string>{"require.ima-policy", "require.mok"});
}

TEST_CASE("check 24: files that the disk's own init read may not have been loaded as policy") {
  file_claims known;
  push_file(known, "/etc/ima/ima-policy", "measure");
  push_file(known, "/usr/lib/systemd/systemd", "systemd");
  const auto reference = reference_of(verified(grub_machine()), known);
  auto boot = grub_machine();
  boot.ima_policy = policy_loaded_by_init();
  policy p;
  p.ima_policy_closes = true;
  p.require.ima_policy = ima_policy_demand::file;
  CHECK(appraise_required_claims(claims_from_record(boot), p, reference.get()).empty());
  p.require.ima_policy = ima_policy_demand::initial_disk;
  const auto findings = appraise_required_claims(claims_from_record(boot), p, reference.get());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].sentence.find("root decides") != std::string::npos);
}

TEST_CASE("check 24: an initial RAM disk that the reference does not judge may have loaded another policy") {
  file_claims known;
  push_file(known, "/etc/ima/ima-policy", "measure");
  push_file(known, "/usr/lib/systemd/systemd", "systemd");
  auto boot = grub_machine();
  boot.ima_policy = policy_loaded_by_initial_disk();
  // GRUB read the kernel that takes one policy (`cat`), but started another one.
  auto kernel = file_event("/vmlinuz-6.1.0-56", "");
  kernel.digest =
      crypto::digest{*from_hex("51349501a3d1ff83836437d2b365fd2d57f2feb8642d315e5181dec23d4c3275")};
  boot.events.push_back(kernel);
  struct row {
    const char* what;
    extraction_rules rules;
    bool met;
  };
  extraction_rules without_9;
  without_9.pcrs = 0b0111'1001'1001'1101;
  extraction_rules without_8;
  without_8.pcrs = ~(1U << 8U) & 0x7bffU;
  extraction_rules in_part;
  in_part.leave_out = {{9, {}, pattern::make("set .*").value()}};
  boot.events.push_back(event(8, "set recordfail=1"));
  boot.events.push_back(event(8, "initrd /initrd.img"));
  const auto claims = verified(boot);
  extraction_rules without_counts; // as configs/rules/servers.yaml has it
  without_counts.leave_out = {{8, {}, pattern::make("(set recordfail=[01]?|\\[ .*recordfail.*)").value()}};
  extraction_rules without_initrd;
  without_initrd.leave_out = {{8, {}, pattern::make("initrd .*").value()}};
  extraction_rules without_12;
  without_12.pcrs = ~(1U << 12U) & 0x7bffU;
  for (const row& r : {row{"all", {}, true}, row{"PCR 9 is not compared", without_9, false},
                       row{"what the loader was told is not compared", without_8, false},
                       row{"some of PCR 9 is not compared", in_part, false},
                       row{"how the last boot went is not compared", without_counts, true},
                       row{"what was loaded is not compared", without_initrd, false},
                       row{"what systemd's stub adds is not compared", without_12, false}})
    for (const bool closes : {true, false}) {
      CAPTURE(r.what);
      policy p;
      p.require.ima_policy = ima_policy_demand::initial_disk;
      p.ima_policy_closes = closes;
      auto content = extract(claims, known, r.rules, "test");
      REQUIRE(content.ok());
      const auto set = reference_set::make(*std::move(content)).value();
      const auto findings = appraise_required_claims(claims, p, set.get());
      CHECK(findings.empty() == r.met);
      if (!findings.empty()) CHECK(findings[0].sentence.find("initial RAM disk") != std::string::npos);
      // A staged set has to judge it, too.
      const auto whole = reference_set::make(extract(claims, known, {}, "test").value()).value();
      CHECK(appraise_required_claims(claims, p, {whole.get(), set.get()}).empty() == r.met);
      // A machine that teaches is judged without a reference.
      CHECK(appraise_required_claims(claims, p).empty());
    }
}

TEST_CASE("check 24: a kernel with a known configuration needs no statement from the operator") {
  auto boot = grub_machine();
  CHECK_FALSE(kernel_takes_one_policy(boot));
  const auto known = from_hex("51349501a3d1ff83836437d2b365fd2d57f2feb8642d315e5181dec23d4c3275");
  auto kernel = file_event("/vmlinuz", "");
  kernel.digest = crypto::digest{*known};
  boot.events.push_back(kernel);
  CHECK(kernel_takes_one_policy(boot));
  boot.events.back().pcr = 14; // the owner's keys: anything can be there
  CHECK_FALSE(kernel_takes_one_policy(boot));
}

TEST_CASE("check 24: a list with only boot_aggregate keeps a machine from being trusted, whatever policy is "
          "named") {
  for (const auto entries : {std::uint8_t{1}, std::uint8_t{2}}) {
    auto boot = grub_machine();
    boot.ima_policy.entries = entries;
    const auto findings =
        appraise_boot(verified(boot), reference_of(verified(grub_machine())).get(), policy{});
    CHECK((find(findings, "ima.nothing-measured") != nullptr) == (entries == 1));
    CHECK(verdict_of(findings, endorsement::inventory, policy{}, reference_state::present)
          == (entries == 1 ? verdict::warning : verdict::affirming));
  }
}

TEST_CASE("check 24: without an IMA policy, the absence of bad entries may mean that nothing was measured") {
  policy p;
  p.require.ima_policy = ima_policy_demand::initial_disk;
  auto silent = grub_machine();
  silent.command_line.reset();
  CHECK(verdict_of(appraise_boot(verified(silent), nullptr, p), endorsement::inventory, p,
                   reference_state::present)
        == verdict::contraindicated);
}
