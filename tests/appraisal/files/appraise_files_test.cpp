#include "appraisal/files/appraise_files.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

std::shared_ptr<const reference_set> known_claims() {
  file_claims files;
  push_file(files, "boot_aggregate", "aggregate of the reference machine", file_kind::boot_aggregate);
  push_file(files, "/usr/bin/ls", "ls 1");
  push_file(files, "/usr/bin/cat", "cat 1");
  push_file(files, "/etc/motd", "", file_kind::violation);
  return reference_of(verified(grub_machine()), files);
}

} // namespace

TEST_CASE("files are matched by content, under any name") {
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls 1");
  push_file(files, "/tmp/renamed", "cat 1"); // docs/checks.md 23: names are weak evidence
  const auto a = appraise_files(files, known_claims().get(), policy{});
  CHECK(a.findings.empty());
  CHECK(a.total == 0);
}

TEST_CASE("an unknown file is a failure that names its path and digest") {
  file_claims files;
  push_file(files, "/tmp/implant", "evil");
  const auto a = appraise_files(files, known_claims().get(), policy{});
  REQUIRE(a.findings.size() == 1);
  CHECK(a.findings[0].check == "ima.unknown-file");
  CHECK(a.findings[0].subject == "/tmp/implant");
  CHECK(a.findings[0].found == "sha256:" + to_hex(digest_of("evil").view()));
  CHECK(a.findings[0].expected.empty());
  CHECK(a.findings[0].level == severity::failure);
}

TEST_CASE("a re-measured file that changed counts, however often it was good before") {
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls 1");
  push_file(files, "/usr/bin/ls", "ls with a back door");
  push_file(files, "/usr/bin/ls", "ls 1");
  const auto a = appraise_files(files, known_claims().get(), policy{});
  REQUIRE(a.findings.size() == 1);
  CHECK(a.findings[0].check == "ima.changed-file");
  CHECK(a.findings[0].expected == "sha256:" + to_hex(digest_of("ls 1").view()));
  CHECK(a.findings[0].found == "sha256:" + to_hex(digest_of("ls with a back door").view()));
}

TEST_CASE("the algorithm is part of the content") {
  file_claims files;
  const auto digest = digest_of("ls 1");
  REQUIRE(files.push({file_kind::file, hash_algorithm::sm3_256, digest.view(), "/usr/bin/ls"}));
  CHECK(appraise_files(files, known_claims().get(), policy{}).total == 1);
}

TEST_CASE(
    "check 23: the digest of an fs-verity tree is not the digest of a file's content, whichever is known") {
  for (const auto known : {file_kind::file, file_kind::verity_file})
    for (const auto used : {file_kind::file, file_kind::verity_file}) {
      file_claims reference;
      push_file(reference, "/usr/lib/descriptor", "a descriptor", known);
      const auto set = reference_of(verified(grub_machine()), reference);
      const auto record = to_record(set->content());
      const auto back = reference_set::make(reference_content_from(record.read_back()).value()).value();
      file_claims files;
      push_file(files, "/usr/bin/script", "a descriptor", used);
      const auto a = appraise_files(files, back.get(), policy{});
      CHECK((find(a.findings, "ima.unknown-file") == nullptr) == (known == used));
    }
  // A denied content may hide under the digest of its fs-verity tree.
  policy denying;
  denying.files = file_mode::known_only;
  denying.denied.add({hash_algorithm::sha256, digest_of("denied"), {}});
  file_claims files;
  push_file(files, "/usr/bin/script", "a tree", file_kind::verity_file);
  const auto a = appraise_files(files, known_claims().get(), denying);
  CHECK(find(a.findings, "ima.other-hash") != nullptr);
}

TEST_CASE("excluded directories are counted, and match whole path components only") {
  file_claims files;
  push_file(files, "/var/log/syslog", "log");
  push_file(files, "/var/log/journal/x", "log 2");
  push_file(files, "/var/logs/evil", "evil");
  push_file(files, "/var/log/../../usr/bin/evil", "evil 2");
  push_file(files, "/tmp/evil", "evil 3");
  policy p;
  p.exclude = {"/var/log"};
  const auto a = appraise_files(files, known_claims().get(), p);
  CHECK(a.skipped == 2);
  CHECK(a.total == 3);
}

TEST_CASE("check 24: no directory is excluded unless an operator says so") {
  file_claims files;
  for (const auto* path : {"/var/log/evil", "/var/cache/evil", "/var/lib/evil", "/run/evil", "/tmp/evil"})
    push_file(files, path, path);
  const auto a = appraise_files(files, known_claims().get(), policy{});
  CHECK(a.skipped == 0);
  CHECK(a.total == 5);
}

TEST_CASE("check 19: a violation is a warning that names its path once, and hides no unknown file") {
  file_claims files;
  push_file(files, "/usr/bin/tool", "", file_kind::violation);
  push_file(files, "/usr/bin/tool", "", file_kind::violation);
  push_file(files, "/usr/bin/tool", "evil");
  auto a = appraise_files(files, known_claims().get(), policy{});
  REQUIRE(a.findings.size() == 2);
  CHECK(a.findings[0].check == "ima.unknown-file");
  CHECK(a.findings[1].check == "ima.violation");
  CHECK(a.findings[1].level == severity::warning);

  policy hard;
  hard.of(judged_check::violation) = severity::failure;
  a = appraise_files(files, nullptr, hard);
  REQUIRE(a.findings.size() == 1); // without a reference no file is unknown
  CHECK(a.findings[0].level == severity::failure);
}

TEST_CASE("boot_aggregate is judged with the boot, not as a file") {
  file_claims files;
  push_file(files, "boot_aggregate", "another machine's", file_kind::boot_aggregate);
  CHECK(appraise_files(files, known_claims().get(), policy{}).total == 0);
  // But a file that only has this name is a file.
  push_file(files, "boot_aggregate", "evil");
  CHECK(appraise_files(files, known_claims().get(), policy{}).total == 1);
}

TEST_CASE("a flood of lesser findings never hides a failure") {
  file_claims files;
  for (int i = 0; i < 1000; ++i)
    push_file(files, "label " + std::to_string(i), "state", file_kind::critical_data);
  push_file(files, "/tmp/implant", "evil");
  const auto a = appraise_files(files, known_claims().get(), policy{});
  CHECK(a.findings.size() == max_findings);
  CHECK(a.total == 1001);
  CHECK(a.findings[0].subject == "/tmp/implant");
  CHECK(a.worst == severity::failure);
}

TEST_CASE("check 19: no number of notes hides a warning that comes after them") {
  policy p;
  p.levels.at(static_cast<std::size_t>(judged_check::unknown_file)) = severity::note;
  p.levels.at(static_cast<std::size_t>(judged_check::violation)) = severity::warning;
  file_claims files;
  for (std::size_t i = 0; i < 2 * max_findings; ++i)
    push_file(files, "/opt/" + std::to_string(i), std::to_string(i));
  push_file(files, "/etc/motd", "", file_kind::violation);
  const auto a = appraise_files(files, reference_of(verified(grub_machine())).get(), p);
  REQUIRE(a.findings.size() == max_findings);
  CHECK(a.findings.front().check == "ima.violation");
  CHECK(a.worst == severity::warning);
}

TEST_CASE("a measurement that is not of a file needs its own rule") {
  file_claims files;
  push_file(files, "kexec-cmdline", "x", file_kind::other);
  CHECK(checks_of(appraise_files(files, known_claims().get(), policy{}).findings)
        == std::vector<std::string>{"ima.not-a-file"});
}

TEST_CASE("paths with control characters are safe to print") {
  file_claims files;
  push_file(files, "/tmp/a\nb\x1b[31m", "evil");
  const auto a = appraise_files(files, known_claims().get(), policy{});
  REQUIRE(a.findings.size() == 1);
  CHECK(a.findings[0].subject.find('\n') == std::string::npos);
  CHECK(a.findings[0].sentence.find('\x1b') == std::string::npos);
}

TEST_CASE("check 23: a file that counts as ordinary makes no finding, whatever the policy asks for") {
  const auto set = known_claims();
  const reference_choice choice{set.get()};
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls 1");
  push_file(files, "/tmp/renamed", "cat 1");
  push_file(files, "/usr/bin/ls", "evil");
  push_file(files, "/var/log/x", "evil");
  push_file(files, "/usr/bin/ls", "", file_kind::violation);
  push_file(files, ".ima", "ls 1", file_kind::key);
  push_file(files, "boot_aggregate", "ls 1", file_kind::boot_aggregate);
  std::vector<policy> all(5);
  all[1].denied.add({hash_algorithm::sha256, digest_of("ls 1"), {}});
  all[2].signatures.required.push_back(pattern::make("/usr/.*").value());
  all[3].files = file_mode::known_only;
  all[4].exclude = {"/var/log"};
  std::size_t ordinary = 0;
  for (const auto& p : all)
    for (std::size_t i = 0; i < files.size(); ++i) {
      file_claims one;
      auto claim = files[i];
      claim.signature = file_signature::none;
      REQUIRE(one.push(claim));
      if (!ordinary_files{choice, p}.has(claim)) continue;
      ++ordinary;
      CAPTURE(claim.path);
      const auto judged = appraise_files(one, choice, p);
      CHECK(judged.total == 0);
      CHECK(judged.skipped == 0);
    }
  CHECK(ordinary == 8); // the two known files, except where denied or required to be signed
}
