// A policy as a value: what it weighs, what it skips, and its digest.
#include "appraisal/boot/required_claims.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

pattern made(const char* text) { return pattern::make(text).value(); }

const pinned_key& a_pinned_key() {
  static const auto key =
      pinned_key::from_file(crypto::private_key::make_ec(crypto::curve::p256).pub().spki()).value();
  return key;
}

policy full_policy() {
  policy p;
  p.files = file_mode::known_only;
  p.violations = violation_rule::count;
  p.exclude = {"/srv/data", "/var/log"};
  p.exclude_matching = {make_path_pattern("/srv/[0-9]+").value(), make_path_pattern("/opt/x/.*").value()};
  p.of(judged_check::no_boot_log) = severity::failure;
  p.ima_pcrs = 1U << 13U;
  p.require.secure_boot = demand::required;
  p.require.boot_aggregate = demand::required;
  p.require.ima_policy = ima_policy_demand::initial_disk;
  p.require.dbx_entries = 267;
  p.require.dbx_digests = {{hash_algorithm::sha256, digest_of("b")},
                           {hash_algorithm::sha256, digest_of("a")}};
  p.require.command_line_matches = {made(".*quiet.*"), made(".*ro.*")};
  p.require.command_line_excludes = {made(".*init=.*")};
  p.require.firmware_at_least = "1.2";
  p.require.mok_digests = {{hash_algorithm::sha256, digest_of("m")}};
  p.require.no_option_roms = demand::required;
  p.signatures.mode = signature_mode::accept;
  p.signatures.keys = {a_pinned_key()};
  p.signatures.required = {made("/usr/.*")};
  p.buffers.keyrings = {{".ima", bytes32{2}}, {".evm", std::nullopt}};
  p.buffers.kexec_command_line = {made("root=.*")};
  p.cap[2] = verdict::affirming;
  p.bound = {{2, hash_algorithm::sha256, digest_of("b"), "Model 2"},
             {0, hash_algorithm::sha256, digest_of("a"), "Model 1"}};
  return p;
}

/// Each of these changes one thing that a policy can say.
const std::vector<void (*)(policy&)> changes = {
    [](policy& p) { p.files = file_mode::known_only; },
    [](policy& p) { p.violations = violation_rule::count; },
    [](policy& p) { p.exclude = {"/srv/other"}; },
    [](policy& p) { p.ima_pcrs = 1U << 11U; },
    [](policy& p) { p.exclude_matching = {make_path_pattern("/srv/x").value()}; },
    [](policy& p) { p.require.secure_boot = demand::required; },
    [](policy& p) { p.require.boot_aggregate = demand::required; },
    [](policy& p) { p.require.ima_policy = ima_policy_demand::initial_disk; },
    [](policy& p) { p.require.ima_policy = ima_policy_demand::file; },
    [](policy& p) { p.require.ima_policy = ima_policy_demand::command_line; },
    [](policy& p) { p.ima_policy_closes = true; },
    [](policy& p) { p.harmless_parameters = {"hugetlb_cma"}; },
    [](policy& p) { p.harmless_commands = {"our_function"}; },
    [](policy& p) { p.require.dbx_entries = 1; },
    [](policy& p) {
      p.require.dbx_digests = {{hash_algorithm::sha256, digest_of("a")}};
    },
    [](policy& p) { p.require.command_line_matches = {made("a")}; },
    [](policy& p) { p.require.command_line_excludes = {made("a")}; },
    [](policy& p) { p.require.firmware_at_least = "1"; },
    [](policy& p) { p.cap[4] = verdict::warning; },
    [](policy& p) { p.require.no_option_roms = demand::required; },
    [](policy& p) { p.require.unified_kernel = demand::required; },
    [](policy& p) {
      p.require.pk_digests = {{hash_algorithm::sha256, digest_of("a")}};
    },
    [](policy& p) {
      p.require.kek_digests = {{hash_algorithm::sha256, digest_of("a")}};
    },
    [](policy& p) {
      p.require.db_digests = {{hash_algorithm::sha256, digest_of("a")}};
    },
    [](policy& p) {
      p.require.mok_digests = {{hash_algorithm::sha256, digest_of("a")}};
    },
    [](policy& p) { p.signatures.required = {made("/usr/bin/.*")}; },
    [](policy& p) { p.signatures.keys = {a_pinned_key()}; },
    [](policy& p) {
      p.signatures.keys = {a_pinned_key()};
      p.signatures.mode = signature_mode::accept;
    },
    [](policy& p) {
      p.buffers.keyrings = {{".ima", bytes32{1}}};
    },
    [](policy& p) {
      p.buffers.keyrings = {{".ima", std::nullopt}};
    },
    [](policy& p) {
      p.buffers.critical_data = {{"selinux", bytes32{1}}};
    },
    [](policy& p) { p.buffers.kexec_command_line = {made("root=.*")}; },
    [](policy& p) {
      p.denied.add({hash_algorithm::sha256, digest_of("a"), {}});
    },
    [](policy& p) {
      p.denied.add({hash_algorithm::sha256, digest_of("a"), "why"});
    },
};

boot_claims booted(void (*change)(boot_content&)) {
  auto boot = grub_machine();
  boot.variables = {{"PK", digest_of("PK"), 1000, 1, 0},
                    {"KEK", digest_of("KEK"), 2000, 2, 0},
                    {"db", digest_of("db"), 3000, 2, 0},
                    {"dbx", digest_of("dbx of 2025"), 24'000, 300, 0}};
  auto separator = samples::event(2, std::string(4, '\0'));
  separator.text = "00000000";
  boot.events.push_back(separator);
  boot.events.push_back(samples::event(11, ".linux"));
  auto version = samples::event(0, "1.14.0");
  version.type = 8;
  boot.events.push_back(version);
  change(boot);
  return verified(std::move(boot));
}

} // namespace

TEST_CASE("a policy comes back from its record, and only policies that judge alike have the same digest") {
  const auto in = full_policy();
  const auto out = policy_from(to_record(in).read_back());
  REQUIRE(out.ok());
  CHECK(digest_of(*out) == digest_of(in));
  CHECK(out->levels == in.levels);
  CHECK(out->exclude_matching[0].matches("/opt/x/y"));
  CHECK(digest_of(policy_from(to_record(policy{}).read_back()).value()) == digest_of(policy{}));

  auto other_order = in;
  std::ranges::reverse(other_order.exclude);
  std::ranges::reverse(other_order.exclude_matching);
  std::ranges::reverse(other_order.require.dbx_digests);
  std::ranges::reverse(other_order.require.command_line_matches);
  CHECK(digest_of(other_order) == digest_of(in));

  std::vector<bytes32> seen{digest_of(policy{})};
  const auto see = [&](const policy& p) {
    const auto digest = digest_of(p);
    CHECK(std::ranges::find(seen, digest) == seen.end());
    seen.push_back(digest);
  };
  for (const auto change : changes) {
    policy p;
    change(p);
    see(p);
  }
  for (std::size_t i = 0; i < judged_check_count; ++i) {
    policy p;
    p.levels[i] = p.levels[i] == severity::failure ? severity::warning : severity::failure;
    see(p);
  }
}

TEST_CASE("a record with a value that this version does not know is not a policy") {
  const auto spoiled = [](void (*spoil)(records::Policy::Builder)) {
    return policy_from(make_record<records::Policy>([&](records::Policy::Builder out) {
                         out.setVersion(1);
                         auto best = out.initBest(5);
                         for (unsigned i = 1; i < 5; ++i)
                           best.set(i, 1);
                         spoil(out);
                       }).read_back())
        .ok();
  };
  CHECK(spoiled([](records::Policy::Builder) {}));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.setVersion(2); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.setFileMode(2); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.setViolations(2); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.initBest(4); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.getBest().set(0, 1); }));
  CHECK_FALSE(
      spoiled([](records::Policy::Builder out) { out.initLevels(1)[0].setCheck("quote.signature"); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) {
    out.initLevels(1)[0].setCheck("boot.not-measured"); // below its least weight
  }));
  CHECK_FALSE(
      spoiled([](records::Policy::Builder out) { out.initExclude(1).set(0, data_of(as_bytes("/"))); }));
  CHECK_FALSE(spoiled(
      [](records::Policy::Builder out) { out.initExcludeMatching(1).set(0, data_of(as_bytes("/.*"))); }));
  CHECK_FALSE(spoiled(
      [](records::Policy::Builder out) { out.initCommandLineMatches(1).set(0, data_of(as_bytes("("))); }));
  CHECK_FALSE(spoiled([](records::Policy::Builder out) { out.setFirmwareAtLeast("newest"); }));
}

TEST_CASE("a policy cannot weigh signature, nonce, replay or the booted software") {
  for (const auto* name : {"evidence.quote", "quote.signature", "boot.pcr-7", "boot.command-line",
                           "boot.initrd", "boot.kernel-file", "boot.mok", "event.kexec", ""})
    CHECK_FALSE(judged_check_from(name).has_value());
  for (std::size_t i = 0; i < judged_check_count; ++i) {
    const auto check = static_cast<judged_check>(i);
    CHECK(judged_check_from(name_of(check)) == check);
    CHECK(usual_level(check) >= least_level(check));
  }
}

TEST_CASE(
    "check 23: known-only excludes unknown paths and counts them, but never a known path that changed") {
  file_claims known;
  push_file(known, "/usr/bin/ls", "ls 1");
  const auto reference = reference_of(verified(grub_machine()), known);
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls with a back door");
  push_file(files, "/opt/own/tool", "whatever");
  push_file(files, "/opt/own/ls", "ls 1");
  policy p;
  p.files = file_mode::known_only;
  const auto a = appraise_files(files, reference.get(), p);
  REQUIRE(a.findings.size() == 1);
  CHECK(a.findings[0].check == "ima.changed-file");
  CHECK(a.findings[0].level == severity::failure);
  CHECK(a.skipped == 1);
}

TEST_CASE("a pattern excludes paths, but none that climbs") {
  file_claims files;
  push_file(files, "/srv/jobs/17/output", "1");
  push_file(files, "/srv/jobs/17/../../../usr/bin/evil", "2");
  push_file(files, "/srv/jobs/x/output", "3");
  policy p;
  p.exclude_matching = {make_path_pattern("/srv/jobs/[0-9]+/.*").value()};
  const auto a = appraise_files(files, reference_of(verified(grub_machine())).get(), p);
  CHECK(a.skipped == 1);
  CHECK(a.total == 2);
}

TEST_CASE("a pattern excludes no name that is not an absolute path") {
  file_claims files;
  push_file(files, "memfd:job", "1");
  push_file(files, "/srv/jobs", "2");
  policy p;
  p.exclude_matching = {make_path_pattern("/srv/jobs|memfd:.*").value()};
  const auto a = appraise_files(files, reference_of(verified(grub_machine())).get(), p);
  CHECK(a.skipped == 1);
  CHECK(a.total == 1);
}

TEST_CASE("check 19: a policy may count violations, and weigh unknown and changed files") {
  file_claims known;
  push_file(known, "/usr/bin/ls", "ls 1");
  file_claims files;
  push_file(files, "/usr/bin/tool", "", file_kind::violation);
  push_file(files, "/usr/bin/ls", "ls 2");
  push_file(files, "/usr/bin/new", "new");
  policy p;
  p.violations = violation_rule::count;
  p.of(judged_check::unknown_file) = severity::note;
  p.of(judged_check::changed_file) = severity::warning;
  const auto a = appraise_files(files, reference_of(verified(grub_machine()), known).get(), p);
  CHECK(a.skipped == 1);
  CHECK(a.worst == severity::warning);
  CHECK(checks_of(a.findings) == std::vector<std::string>{"ima.changed-file"});
}

TEST_CASE("a required claim that is wrong or not proven is a failure; a proven one gives no finding") {
  struct row {
    const char* what;
    void (*demand_it)(required_claims&);
    void (*break_it)(boot_content&);
    const char* check;
  };
  const row rows[] = {
      {"Secure Boot off", [](required_claims& r) { r.secure_boot = demand::required; },
       [](boot_content& b) { b.secure = secure_boot::off; }, "require.secure-boot"},
      {"Secure Boot unknown", [](required_claims& r) { r.secure_boot = demand::required; },
       [](boot_content& b) { b.secure = secure_boot::unknown; }, "require.secure-boot"},
      {"dbx too short", [](required_claims& r) { r.dbx_entries = 300; },
       [](boot_content& b) { b.variables.back().entries = 299; }, "require.dbx"},
      {"dbx not proven", [](required_claims& r) { r.dbx_entries = 1; },
       [](boot_content& b) { b.variables.pop_back(); }, "require.dbx"},
      {"dbx not listed",
       [](required_claims& r) {
         r.dbx_digests = {{hash_algorithm::sha256, digest_of("dbx of 2025")}};
       },
       [](boot_content& b) { b.variables.back().digest = digest_of("dbx of 2015"); }, "require.dbx"},
      {"dbx listed in another bank",
       [](required_claims& r) {
         r.dbx_digests = {{hash_algorithm::sha256, digest_of("dbx of 2025")}};
       },
       [](boot_content& b) { b.bank = hash_algorithm::sm3_256; }, "require.dbx"},
      {"command line does not match",
       [](required_claims& r) { r.command_line_matches = {made(".* ima_policy=tcb( .*)?")}; },
       [](boot_content& b) { b.command_line = "/vmlinuz quiet"; }, "require.command-line"},
      {"command line matches what it must not",
       [](required_claims& r) { r.command_line_excludes = {made("(.* )?init=.*")}; },
       [](boot_content& b) { b.command_line = "/vmlinuz quiet init=/bin/sh"; }, "require.command-line"},
      {"command line not proven", [](required_claims& r) { r.command_line_excludes = {made("x")}; },
       [](boot_content& b) { b.command_line.reset(); }, "require.command-line"},
      {"boot_aggregate zero", [](required_claims& r) { r.boot_aggregate = demand::required; },
       [](boot_content& b) { b.aggregate = aggregate_claim::zero; }, "require.boot-aggregate"},
      {"boot_aggregate absent", [](required_claims& r) { r.boot_aggregate = demand::required; },
       [](boot_content& b) { b.aggregate = aggregate_claim::absent; }, "require.boot-aggregate"},
      {"IMA policy not named", [](required_claims& r) { r.ima_policy = ima_policy_demand::command_line; },
       [](boot_content& b) { b.command_line = "/vmlinuz xima_policy=tcb"; }, "require.ima-policy"},
      {"firmware older", [](required_claims& r) { r.firmware_at_least = "1.14"; },
       [](boot_content& b) { b.events.back().text = "1.9.9"; }, "require.firmware"},
      {"firmware states no version", [](required_claims& r) { r.firmware_at_least = "1.14"; },
       [](boot_content& b) { b.events.back().text = "N2HET70W"; }, "require.firmware"},
      {"firmware not proven", [](required_claims& r) { r.firmware_at_least = "1.14"; },
       [](boot_content& b) { b.events.back().text.clear(); }, "require.firmware"},
      {"another PK",
       [](required_claims& r) {
         r.pk_digests = {{hash_algorithm::sha256, digest_of("PK")}};
       },
       [](boot_content& b) { b.variables[0].digest = digest_of("the attacker's PK"); }, "require.pk"},
      {"PK not proven",
       [](required_claims& r) {
         r.pk_digests = {{hash_algorithm::sha256, digest_of("PK")}};
       },
       [](boot_content& b) { b.variables.clear(); }, "require.pk"},
      {"another KEK",
       [](required_claims& r) {
         r.kek_digests = {{hash_algorithm::sha256, digest_of("KEK")}};
       },
       [](boot_content& b) { b.variables[1].digest = digest_of("x"); }, "require.kek"},
      {"another db",
       [](required_claims& r) {
         r.db_digests = {{hash_algorithm::sha256, digest_of("db")}};
       },
       [](boot_content& b) { b.variables[2].digest = digest_of("x"); }, "require.db"},
      {"a list of the owner's keys under a harmless name",
       [](required_claims& r) {
         r.mok_digests = {{hash_algorithm::sha256, digest_of("MokList")}};
       },
       [](boot_content& b) { b.events.push_back(samples::event(14, "MokListTrusted")); }, "require.mok"},
      {"no list of the owner's keys",
       [](required_claims& r) {
         r.mok_digests = {{hash_algorithm::sha256, digest_of("MokList")}};
       },
       [](boot_content& b) { std::erase_if(b.events, [](const boot_event& e) { return e.pcr == 14; }); },
       "require.mok"},
      {"an option ROM", [](required_claims& r) { r.no_option_roms = demand::required; },
       [](boot_content& b) {
         b.events.push_back(samples::event(2, "a driver"));
         b.events.back().type = 4; // it calls itself a separator
       },
       "require.option-roms"},
      {"PCR 2 is not explained", [](required_claims& r) { r.no_option_roms = demand::required; },
       [](boot_content& b) { std::erase_if(b.events, [](const boot_event& e) { return e.pcr == 2; }); },
       "require.option-roms"},
      {"no unified kernel", [](required_claims& r) { r.unified_kernel = demand::required; },
       [](boot_content& b) { std::erase_if(b.events, [](const boot_event& e) { return e.pcr == 11; }); },
       "require.unified-kernel"},
      {"a unified kernel in name only", [](required_claims& r) { r.unified_kernel = demand::required; },
       [](boot_content& b) {
         for (auto& e : b.events)
           if (e.pcr == 11) e.hint = std::exchange(e.text, {});
       },
       "require.unified-kernel"},
      {"two versions", [](required_claims& r) { r.firmware_at_least = "1.14"; },
       [](boot_content& b) { b.events.push_back(b.events.back()); }, "require.firmware"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    policy p;
    r.demand_it(p.require);
    const auto good = appraise_boot(booted([](boot_content&) {}), nullptr, p);
    CHECK_MESSAGE(find(good, r.check) == nullptr, r.check);
    const auto bad = appraise_boot(booted(r.break_it), nullptr, p);
    const auto* f = find(bad, r.check);
    REQUIRE(f != nullptr);
    CHECK(f->level == severity::failure);
    CHECK(f->kind == finding_kind::claim);
    CHECK_FALSE(f->expected.empty());
    CHECK_FALSE(f->found.empty());
    CHECK(f->sentence.ends_with("."));
    CHECK_FALSE(f->remedy.empty());
    CHECK(find(appraise_boot(booted(r.break_it), nullptr, policy{}), r.check) == nullptr); // not asked for
  }
}

TEST_CASE("an unmet requirement is reported once, with the heavier weight") {
  policy p;
  p.require.secure_boot = demand::required;
  p.require.ima_policy = ima_policy_demand::initial_disk;
  const auto claims = booted([](boot_content& b) {
    b.secure = secure_boot::off;
    b.command_line = "/vmlinuz";
    b.ima_policy.entries = 1;
  });
  const auto findings = appraise_boot(claims, nullptr, p);
  CHECK(checks_of_logged(findings, severity::note)
        == std::vector<std::string>{"require.secure-boot", "require.ima-policy"});
  p.of(judged_check::require_secure_boot) = severity::warning;
  p.of(judged_check::secure_boot_off) = severity::failure;
  CHECK(find(appraise_boot(claims, nullptr, p), "boot.secure-boot") != nullptr);
}

TEST_CASE("check 13: if two events could be the firmware's version, neither counts, whatever their types") {
  constexpr std::uint32_t ev_post_code = 1;
  constexpr std::uint32_t ev_s_crtm_version = 8;
  for (const auto type : {ev_s_crtm_version, ev_post_code}) {
    boot_content boot;
    auto zeros = event(0, "00000000");
    zeros.digest = crypto::digest{crypto::sha256(bytes(4, 0))};
    boot.events = {event(0, "1.14.0"), zeros, event(0, "SMM CODE")};
    boot.events[0].type = ev_s_crtm_version;
    REQUIRE(proven_firmware_version(boot) != nullptr);
    boot.events.push_back(event(0, "1.2.0"));
    boot.events.back().type = type;
    CHECK(proven_firmware_version(boot) == nullptr);
  }
}

TEST_CASE("each defect of a policy is found") {
  struct row {
    void (*spoil)(policy&);
    const char* says;
  };
  const row rows[] = {
      {[](policy& p) { p.of(judged_check::changed_file) = severity::note; }, "severity.ima.changed-file"},
      {[](policy& p) { p.of(judged_check::require_dbx) = severity::note; }, "severity.require.dbx"},
      {[](policy& p) { p.exclude.assign(policy::max_prefixes + 1, "/srv"); }, "ima.exclude"},
      {[](policy& p) { p.ima_pcrs = 1U << 7U; }, "ima.pcrs"},
      {[](policy& p) { p.exclude_matching.assign(policy::max_patterns + 1, made("/srv")); }, "ima.exclude"},
      {[](policy& p) { p.require.dbx_digests.resize(1); }, "require.dbx.digests"},
      {[](policy& p) { p.require.command_line_matches.assign(17, made("a")); }, "require.command_line"},
      {[](policy& p) { p.require.firmware_at_least = "1."; }, "require.firmware"},
      {[](policy& p) {
         p.denied.add({hash_algorithm::sha384, digest_of("a"), {}});
       },
       "deny: a digest"},
      {[](policy& p) {
         p.denied.add({hash_algorithm::sha256, digest_of("a"), std::string(deny_list::max_reason + 1, 'x')});
       },
       "deny: a reason"},
      {[](policy& p) {
         for (std::size_t i = 0; i <= deny_list::max_entries; ++i)
           p.denied.add({hash_algorithm::sha256, digest_of(std::to_string(i)), {}});
       },
       "deny: more"},
  };
  for (const auto& r : rows) {
    policy p;
    r.spoil(p);
    CHECK_MESSAGE(defect_of(p).starts_with(r.says), r.says);
  }
}
