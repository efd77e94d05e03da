// Which machines may teach a group, and what of them is content. What breaks if these fail: root on one
// machine, or anyone who may upload a file to it, writes what every machine of the group is compared with.
#include "appraisal/extraction/teachable.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"

#include <functional>
#include <type_traits>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

finding open_finding(std::string check, severity level, finding_kind kind) {
  finding out;
  out.check = std::move(check);
  out.subject = "its subject";
  out.level = level;
  out.kind = kind;
  out.sentence = "What was found.";
  out.remedy = "what ends it";
  return out;
}

/// A good machine, which a test then changes.
struct candidate {
  boot_content boot = grub_machine();
  file_claims files;
  std::vector<finding> on_record;
  endorsement vouched = endorsement::vendor;
  policy p;

  candidate() {
    push_file(files, "boot_aggregate", "aggregate", file_kind::boot_aggregate);
    push_file(files, "/usr/bin/ls", "ls");
  }
  result<teachable> ask() const {
    const auto claims = verified(boot);
    return may_teach({"node web-1", &claims, &files, on_record, vouched}, p);
  }
};

/// Replaces what was measured before.
void push_signed(file_claims& out, std::string_view path, file_signature signature) {
  out = {};
  const auto digest = digest_of(path);
  REQUIRE(out.push({file_kind::file, hash_algorithm::sha256, digest.view(), path, signature}));
}

std::vector<std::string> paths_of(const file_claims& files) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < files.size(); ++i)
    out.emplace_back(files[i].path);
  return out;
}

using change = std::function<void(candidate&)>;

change oddity(boot_oddity_kind kind) {
  return [kind](candidate& c) { c.boot.oddities.push_back({kind, 7, {}}); };
}

struct row {
  std::string check; ///< the check that prevents it
  change make;
};

} // namespace

static_assert(!std::is_default_constructible_v<teachable>);
static_assert(!std::is_constructible_v<teachable, const teacher&, file_claims>,
              "only may_teach makes one: an extraction that asks nobody does not compile");

TEST_CASE(
    "check 26: each finding that is a warning or worse without a reference keeps a machine from teaching") {
  const row rows[] = {
      {"ima.violation", [](candidate& c) { push_file(c.files, "/usr/sbin/sshd", "", file_kind::violation); }},
      {"boot.no-log",
       [](candidate& c) {
         c.boot.has_log = false;
         c.boot.events.clear();
       }},
      {"boot.sha1-log",
       [](candidate& c) {
         c.boot.has_log = false;
         c.boot.unused = unused_log::sha1_only;
       }},
      {"boot.log-banks",
       [](candidate& c) {
         c.boot.has_log = false;
         c.boot.unused = unused_log::other_banks;
       }},
      {"boot.separator", oddity(boot_oddity_kind::separator_missing)},
      {"boot.separator", oddity(boot_oddity_kind::separator_repeated)},
      {"boot.separator", oddity(boot_oddity_kind::separator_error)},
      {"boot.secure-boot-late", oddity(boot_oddity_kind::configuration_too_late)},
      {"boot.debug-mode", oddity(boot_oddity_kind::debug_mode)},
      {"boot.audit-mode", oddity(boot_oddity_kind::audit_mode)},
      {"boot.validation-off", oddity(boot_oddity_kind::validation_disabled)},
      {"boot.not-measured", oddity(boot_oddity_kind::not_measured)},
      {"boot.unexplained",
       [](candidate& c) {
         c.boot.after_log = {{14, {}}};
       }},
      {"boot.denied",
       [](candidate& c) {
         c.p.denied.add({hash_algorithm::sha256, c.boot.events[0].digest, "revoked"});
       }},
      {"ima.boot-aggregate", [](candidate& c) { c.boot.aggregate = aggregate_claim::differs; }},
      {"ima.boot-aggregate", [](candidate& c) { c.boot.aggregate = aggregate_claim::zero; }},
      {"ima.boot-aggregate", [](candidate& c) { c.boot.aggregate = aggregate_claim::unchecked; }},
      {"ima.no-log", [](candidate& c) { c.boot.aggregate = aggregate_claim::absent; }},
      {"ima.denied-file",
       [](candidate& c) {
         c.p.denied.add({hash_algorithm::sha256, digest_of("ls"), "CVE-2026-1234"});
       }},
      {"ima.signature",
       [](candidate& c) {
         c.p.signatures.required = {pattern::make("/usr/bin/.*").value()};
         push_signed(c.files, "/usr/bin/ls", file_signature::none);
       }},
      {"ima.signature",
       [](candidate& c) {
         c.p.signatures.required = {pattern::make("/usr/bin/.*").value()};
         push_signed(c.files, "/usr/bin/ls", file_signature::unchecked);
       }},
      {"ima.buffer",
       [](candidate& c) {
         c.p.buffers.kexec_command_line = {pattern::make("quiet").value()};
         push_file(c.files, "init=/bin/sh", "x", file_kind::kexec_command_line);
       }},
      {"require.secure-boot",
       [](candidate& c) {
         c.p.require.secure_boot = demand::required;
         c.boot.secure = secure_boot::off;
       }},
      {"boot.secure-boot",
       [](candidate& c) {
         c.p.of(judged_check::secure_boot_off) = severity::warning;
         c.boot.secure = secure_boot::off;
       }},
      {"evidence.ima-log",
       [](candidate& c) {
         c.on_record = {open_finding("evidence.ima-log", severity::failure, finding_kind::evidence)};
       }},
      {"evidence.ima-log",
       [](candidate& c) {
         c.on_record = {open_finding("evidence.ima-log", severity::warning, finding_kind::evidence)};
       }},
      {"event.kexec",
       [](candidate& c) {
         c.on_record = {open_finding("event.kexec", severity::warning, finding_kind::event)};
       }},
      {"boot.unexplained",
       [](candidate& c) {
         c.on_record = {open_finding("boot.unexplained", severity::failure, finding_kind::event)};
       }},
  };
  REQUIRE(candidate{}.ask().ok());
  for (const auto& r : rows) {
    CAPTURE(r.check);
    candidate one;
    r.make(one);
    const auto asked = one.ask();
    REQUIRE_FALSE(asked.ok());
    CHECK(asked.fault().code == errc::denied);
    const auto& said = asked.fault().check;
    for (const std::string_view part :
         {std::string_view{"node web-1"}, std::string_view{r.check}, std::string_view{"To end it: "}})
      CHECK_MESSAGE(said.find(part) != std::string::npos, said);
  }
}

TEST_CASE(
    "check 26: a file that must be signed but was not checked is not taught under any spelling of its path") {
  for (const std::string_view path : {"/opt/my app/run", "/opt/my_app/run", "//opt/my_app/run", "run"}) {
    CAPTURE(path);
    candidate c;
    c.p.signatures.required = {pattern::make("/opt/my app/.*").value()};
    push_signed(c.files, path, file_signature::unchecked);
    CHECK_FALSE(c.ask().ok());
    push_signed(c.files, "/opt/other_app/run", file_signature::unchecked);
    CHECK(c.ask().ok());
  }
}

TEST_CASE("check 26: a machine that only an operator or a token vouches for teaches nothing") {
  for (const auto level : {endorsement::none, endorsement::operator_approved, endorsement::token}) {
    candidate one;
    one.vouched = level;
    const auto asked = one.ask();
    REQUIRE_FALSE(asked.ok());
    CHECK(asked.fault().check.find("node web-1: only an operator vouches") != std::string::npos);
  }
  candidate listed;
  listed.vouched = endorsement::inventory;
  CHECK(listed.ask().ok());
}

TEST_CASE("check 26: files and events that the reference did not know can be learnt: claim findings are "
          "judged again") {
  candidate upgraded;
  upgraded.on_record = {open_finding("ima.unknown-file", severity::failure, finding_kind::claim),
                        open_finding("boot.kernel", severity::failure, finding_kind::claim),
                        open_finding("event.kexec", severity::note, finding_kind::event)};
  const auto asked = upgraded.ask();
  REQUIRE_MESSAGE(asked.ok(), asked.fault().check);
  CHECK(paths_of(asked->files()) == std::vector<std::string>{"/usr/bin/ls"});
}

TEST_CASE("check 26: excluded files, violations and buffers are never taught as contents") {
  candidate one;
  one.p.exclude = {"/var/lib"};
  one.p.exclude_matching = {make_path_pattern("/srv/jobs/[0-9]+/out").value()};
  one.p.of(judged_check::violation) = severity::note;
  push_file(one.files, "/var/lib/upload/x", "evil");
  push_file(one.files, "/srv/jobs/17/out", "evil");
  for (const auto* unseen : {"boot_aggregate", ""}) // names that are invisible in a printed difference
    push_file(one.files, unseen, "evil");
  push_file(one.files, "/var/lib/../../usr/bin/dash", "dash"); // leads out of the directory: never excluded
  push_file(one.files, "/usr/bin/cat", "cat");
  // No field of a violation is covered: its digest is the word of the log's author.
  REQUIRE(one.files.push(
      {file_kind::violation, hash_algorithm::sha256, digest_of("evil").view(), "/usr/bin/evil"}));
  for (const auto kind :
       {file_kind::other, file_kind::key, file_kind::kexec_command_line, file_kind::critical_data})
    push_file(one.files, "buffer", "evil", kind);
  REQUIRE(one.files.push({file_kind::file, hash_algorithm::sha256, bytes32{}, "/usr/bin/not-measured"}));
  const auto asked = one.ask();
  REQUIRE_MESSAGE(asked.ok(), asked.fault().check);
  CHECK(paths_of(asked->files())
        == std::vector<std::string>{"/usr/bin/ls", "/var/lib/../../usr/bin/dash", "/usr/bin/cat"});
  const auto set = reference_set::make(extract(*asked, {}, "node web-1").value()).value();
  CHECK_FALSE(set->knows(hash_algorithm::sha256, digest_of("evil").view()));
  const std::vector canaries{*asked, *asked};
  const auto agreed = reference_set::make(extract_quorum(canaries, 2, {})->content).value();
  CHECK_FALSE(agreed->knows(hash_algorithm::sha256, digest_of("evil").view()));
}

TEST_CASE("check 26: a content that a machine measures by SHA-1 next to a better hash is not taught, because "
          "root chose it") {
  const auto weak = crypto::digest{crypto::hash(hash_algorithm::sha1, as_bytes(std::string_view{"g"}))};
  for (const bool beside : {true, false}) {
    candidate one;
    if (!beside) one.files = {};
    REQUIRE(one.files.push({file_kind::file, hash_algorithm::sha1, weak.view(), "/usr/bin/g"}));
    const auto taught = one.ask();
    REQUIRE_MESSAGE(taught.ok(), taught.fault().check);
    CHECK(paths_of(taught->files()) == std::vector<std::string>{beside ? "/usr/bin/ls" : "/usr/bin/g"});
  }
}

TEST_CASE("check 26: a flood of lesser findings hides no finding that forbids teaching") {
  candidate one;
  one.p.of(judged_check::violation) = severity::note;
  one.p.signatures.required = {pattern::make("/usr/bin/ls").value()};
  one.p.of(judged_check::signature) = severity::warning;
  file_claims flood;
  for (std::size_t i = 0; i < 2 * max_findings; ++i)
    push_file(flood, "/home/" + std::to_string(i), "", file_kind::violation);
  const auto program = digest_of("ls");
  REQUIRE(flood.push(
      {file_kind::file, hash_algorithm::sha256, program.view(), "/usr/bin/ls", file_signature::none}));
  one.files = flood;
  CHECK_FALSE(one.ask().ok());
  one.p.signatures.required.clear();
  CHECK(one.ask().ok());
}

TEST_CASE("a finding says whether a policy may weigh it") {
  candidate one;
  push_file(one.files, "/usr/sbin/sshd", "", file_kind::violation);
  CHECK(one.ask().fault().check.find("let the policy weigh it") != std::string::npos);
  one.p.violations = violation_rule::count;
  CHECK(one.ask().ok());
  one.boot.aggregate = aggregate_claim::differs;
  one.on_record = {open_finding("event.kexec", severity::failure, finding_kind::event)};
  const auto said = one.ask().fault().check;
  CHECK(said.find("event.kexec") != std::string::npos);
  CHECK(said.find("let the policy weigh it") == std::string::npos);
  CHECK(said.find("(2 more open)") != std::string::npos);
}

TEST_CASE("healthy real machines may teach under the default policy") {
  for (const std::string name : {"grub-sb", "grub-sb-reboot", "grub-sb-cmdline", "grub-sb-initrd"}) {
    CAPTURE(name);
    const auto machine = testing::verified_vm(name);
    const auto asked = may_teach({name, &machine.boot, &machine.files, {}, endorsement::vendor}, policy{});
    CHECK_MESSAGE(asked.ok(), (asked ? std::string{} : asked.fault().check));
  }
}
