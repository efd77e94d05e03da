// What an operator denies is a failure wherever it turns up, and no set can bring it back.
#include "appraisal/policy/deny_list.hpp"
#include "appraisal/reference/denied_content.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

policy that_denies(std::string_view content, std::string reason = "CVE-2026-1234") {
  policy p;
  p.denied.add({hash_algorithm::sha256, digest_of(content), std::move(reason)});
  return p;
}

std::shared_ptr<const reference_set> with_two_files() {
  file_claims files;
  push_file(files, "/usr/bin/ls", "ls 1");
  push_file(files, "/usr/bin/openssl", "openssl 3.0.11");
  return reference_of(verified(grub_machine()), files);
}

} // namespace

TEST_CASE("a digest is denied with its algorithm; if it is listed twice, the first reason counts") {
  deny_list list;
  for (const auto* content : {"c", "a", "b", "a"})
    list.add({hash_algorithm::sha256, digest_of(content), std::to_string(list.entries().size())});
  REQUIRE(list.entries().size() == 3);
  const auto a = digest_of("a");
  REQUIRE(list.find(hash_algorithm::sha256, a.view()) != nullptr);
  CHECK(list.find(hash_algorithm::sha256, a.view())->reason == "1");
  CHECK(list.find(hash_algorithm::sm3_256, a.view()) == nullptr);
  CHECK(list.find(hash_algorithm::sha256, digest_of("d").view()) == nullptr);
  CHECK(list.find(hash_algorithm::sha256, {}) == nullptr);
}

TEST_CASE("a denied file is a failure, even if the reference knows it or the policy excludes it") {
  const auto set = with_two_files();
  auto p = that_denies("openssl 3.0.11");
  p.files = file_mode::known_only;
  p.exclude = {"/srv"};
  struct row {
    const char* path;
    const reference_set* reference;
  };
  for (const auto& r : {row{"/usr/bin/openssl", set.get()}, row{"/tmp/renamed", set.get()},
                        row{"/srv/openssl", set.get()}, row{"/usr/bin/openssl", nullptr}}) {
    CAPTURE(r.path);
    file_claims files;
    push_file(files, "/usr/bin/ls", "ls 1");
    push_file(files, r.path, "openssl 3.0.11");
    const auto got = appraise_files(files, r.reference, p);
    REQUIRE(got.findings.size() == 1);
    const auto& f = got.findings.front();
    CHECK(f.check == "ima.denied-file");
    CHECK(f.level == severity::failure);
    CHECK(f.kind == finding_kind::claim);
    CHECK(f.subject == r.path);
    CHECK(f.found == "sha256:" + to_hex(digest_of("openssl 3.0.11").view()));
    CHECK(f.sentence.find("CVE-2026-1234") != std::string::npos);
    CHECK(got.worst == severity::failure);
  }
}

TEST_CASE(
    "check 23: a denied file that root measures with another hash is found, even if the policy excludes it") {
  const auto set = with_two_files();
  const auto measured = [](std::string_view path, std::string_view content, hash_algorithm algorithm) {
    file_claims files;
    const auto digest = crypto::hash(algorithm, as_bytes(content));
    REQUIRE(files.push({file_kind::file, algorithm, digest.view(), path}));
    return files;
  };
  auto known_only = that_denies("what nobody may run");
  known_only.files = file_mode::known_only;
  auto excluded = that_denies("what nobody may run");
  excluded.exclude = {"/srv"};
  auto lenient = that_denies("what nobody may run");
  lenient.levels.at(static_cast<std::size_t>(judged_check::unknown_file)) = severity::note;
  for (const auto& p : {known_only, excluded, lenient})
    for (const auto algorithm : {hash_algorithm::sha1, hash_algorithm::sha384, hash_algorithm::sha512}) {
      const auto got = appraise_files(measured("/srv/x", "what nobody may run", algorithm), set.get(), p);
      CHECK(checks_of(got.findings) == std::vector<std::string>{"ima.other-hash"});
      CHECK(got.worst == severity::failure);
    }
  // The same without a reference; but not if it is a failure anyway, nor if it can be looked up.
  CHECK(checks_of(appraise_files(measured("/x", "y", hash_algorithm::sha512), nullptr, known_only).findings)
        == std::vector<std::string>{"ima.other-hash"});
  CHECK(checks_of(appraise_files(measured("/x", "y", hash_algorithm::sha512), set.get(),
                                 that_denies("what nobody may run"))
                      .findings)
        == std::vector<std::string>{"ima.unknown-file"});
  CHECK(appraise_files(measured("/srv/x", "y", hash_algorithm::sha256), set.get(), excluded).total == 0);
  CHECK(appraise_files(measured("/srv/x", "y", hash_algorithm::sha512), set.get(), policy{excluded}).total
        == 1);
  auto both = excluded;
  both.denied.add(
      {hash_algorithm::sha512, crypto::hash(hash_algorithm::sha512, as_bytes("what nobody may run")), ""});
  CHECK(appraise_files(measured("/srv/x", "y", hash_algorithm::sha512), set.get(), both).total == 0);
  CHECK(checks_of(
            appraise_files(measured("/srv/x", "what nobody may run", hash_algorithm::sha512), set.get(), both)
                .findings)
        == std::vector<std::string>{"ima.denied-file"});
}

TEST_CASE("a buffer that the kernel measures is denied by its content, as a file is") {
  file_claims files;
  push_file(files, ".ima", "a key that leaked", file_kind::key);
  CHECK(checks_of(appraise_files(files, nullptr, that_denies("a key that leaked")).findings)
        == std::vector<std::string>{"ima.denied-file"});
}

TEST_CASE("a violation has no digest that could be denied") {
  policy p;
  p.denied.add({hash_algorithm::sha256, crypto::digest{bytes32{}}, "zeros"});
  file_claims files;
  push_file(files, "/etc/motd", "", file_kind::violation);
  CHECK(checks_of(appraise_files(files, nullptr, p).findings) == std::vector<std::string>{"ima.violation"});
}

TEST_CASE("a denied boot event is a failure, even if the reference has it") {
  const auto claims = verified(grub_machine());
  const auto set = reference_of(claims);
  REQUIRE(checks_of(appraise_boot(claims, set.get(), policy{})).empty());
  for (const auto* reference : {set.get(), static_cast<const reference_set*>(nullptr)}) {
    const auto got = appraise_boot(claims, reference, that_denies("kernel 1", {}));
    const auto* f = find(got, "boot.denied");
    REQUIRE(f != nullptr);
    CHECK(f->level == severity::failure);
    CHECK(f->subject == "PCR 9, event 5: /vmlinuz");
    CHECK(f->sentence.find("no reason is given") != std::string::npos);
  }
  auto other_bank = grub_machine();
  other_bank.bank = hash_algorithm::sm3_256;
  CHECK(find(appraise_boot(verified(std::move(other_bank)), nullptr, that_denies("kernel 1")), "boot.denied")
        == nullptr);
}

TEST_CASE("a set with a denied file or boot event is refused, and the error says which") {
  const auto set = with_two_files();
  CHECK(check_not_denied(*set, deny_list{}).ok());
  CHECK(check_not_denied(*set, that_denies("openssl 3.0.12").denied).ok());
  const auto file = check_not_denied(*set, that_denies("openssl 3.0.11").denied);
  REQUIRE_FALSE(file.ok());
  CHECK(file.fault().code == errc::denied);
  CHECK(file.fault().check.find("/usr/bin/openssl") != std::string::npos);
  CHECK(file.fault().check.find("CVE-2026-1234") != std::string::npos);
  const auto event = check_not_denied(*set, that_denies("initrd 1").denied);
  REQUIRE_FALSE(event.ok());
  CHECK(event.fault().check.find("PCR 9") != std::string::npos);
}
