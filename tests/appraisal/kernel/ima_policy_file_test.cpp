#include "appraisal/kernel/ima_policy_file.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

namespace {

struct line {
  std::string path;
  std::string content = "x";
  tpm::ima_subject subject = tpm::ima_subject::file;
  unsigned pcr = 10;
};

constexpr std::string_view aggregate_path = "boot_aggregate";

ima_policy_claim of_list(const std::vector<line>& lines) {
  ima_policy_watch watch;
  for (const auto& each : lines) {
    const auto digest = samples::digest_of(each.content);
    tpm::ima_entry entry;
    entry.algorithm = hash_algorithm::sha256;
    entry.digest = digest.view();
    entry.path = each.path;
    entry.subject = each.subject;
    entry.pcr = each.pcr;
    watch.see(entry, each.path == aggregate_path);
  }
  return watch.claim();
}

const line aggregate{"boot_aggregate"};
const line systemd{"/usr/lib/systemd/systemd"};
const line libc{"/usr/lib/x86_64-linux-gnu/libc.so.6"};
const line cache{"/etc/ld.so.cache"};
const line file{"/etc/ima/ima-policy", "measure"};

} // namespace

TEST_CASE("check 24: the policy's file counts only if nothing but init can have loaded another one before") {
  struct row {
    const char* what;
    std::vector<line> list;
    policy_file found;
  };
  const line violated{file.path, "", tpm::ima_subject::violation};
  const row rows[] = {
      {"an empty list", {}, policy_file::absent},
      {"tcb alone", {aggregate, systemd, libc, {"/usr/bin/bash"}}, policy_file::absent},
      {"init and what it maps",
       {aggregate, systemd, cache, libc, file, {"/usr/bin/bash"}},
       policy_file::first},
      {"read again", {aggregate, systemd, libc, file, {"/usr/bin/cat"}, file}, policy_file::first},
      // As a Debian machine lists it: the files of the initial RAM disk, and its last program.
      {"behind an initial RAM disk",
       {aggregate,
        {"/init"},
        {"/usr/bin/sh"},
        {"/scripts/functions"},
        {"/root/etc/fstab"},
        {"/usr/bin/run-init"},
        systemd,
        libc,
        cache,
        file},
       policy_file::first},
      {"the initial RAM disk loads it",
       {aggregate,
        {"/init"},
        {"/usr/bin/sh"},
        file,
        {"/root/etc/fstab"},
        {"/usr/bin/run-init"},
        systemd,
        libc},
       policy_file::initial},
      {"a RAM disk that runs nothing of its own", {aggregate, {"/init"}, file}, policy_file::initial},
      {"the RAM disk loads it, and another is read",
       {aggregate, {"/init"}, file, {"/usr/bin/run-init"}, systemd, {file.path, "weaker"}},
       policy_file::changed},
      {"the disk has an /init, behind another program",
       {aggregate, systemd, {"/init"}, {"/a"}, file},
       policy_file::late},
      // Root writes a policy as text that measures what one user reads; then that user reads the real one.
      {"the file alone", {aggregate, file}, policy_file::late},
      {"a program before it", {aggregate, systemd, libc, {"/usr/bin/bash"}, file}, policy_file::late},
      {"another init", {aggregate, {"/usr/bin/bash"}, systemd, libc, file}, policy_file::late},
      {"another init behind the RAM disk",
       {aggregate, {"/init"}, {"/usr/bin/run-init"}, {"/usr/bin/bash"}, systemd, libc, file},
       policy_file::late},
      {"init out of the RAM disk", {aggregate, {"/init"}, systemd, libc, file}, policy_file::late},
      {"init hands over twice",
       {aggregate,
        {"/init"},
        {"/usr/bin/run-init"},
        {"/etc/init"},
        {"/usr/bin/run-init"},
        {"/bin/sh"},
        systemd,
        file},
       policy_file::late},
      // The disk's /usr/sbin/init is a link to a shell that the RAM disk had already run.
      {"a known program gives over once more",
       {aggregate,
        {"/init"},
        {"/usr/bin/run-init"},
        {"/usr/bin/mount"},
        {"/usr/sbin/switch_root"},
        systemd,
        libc,
        file},
       policy_file::late},
      {"a program gives over directly behind another",
       {aggregate, {"/init"}, {"/usr/bin/run-init"}, {"/usr/sbin/switch_root"}, systemd, libc, file},
       policy_file::late},
      {"the program that gives over maps a library",
       {aggregate, {"/init"}, {"/usr/sbin/switch_root"}, libc, cache, systemd, file},
       policy_file::first},
      {"a module", {aggregate, systemd, {"/usr/lib/modules/6.1/a.ko"}, file}, policy_file::late},
      {"nobody knows what init was",
       {aggregate, {systemd.path, "", tpm::ima_subject::violation}, file},
       policy_file::late},
      {"another content later",
       {aggregate, systemd, libc, file, {file.path, "weaker"}},
       policy_file::changed},
      {"another content, late twice", {aggregate, {"/bin/a"}, file, {file.path, "b"}}, policy_file::changed},
      {"written while it was read", {aggregate, systemd, libc, violated}, policy_file::changed},
      {"written later", {aggregate, systemd, libc, file, violated}, policy_file::changed},
      {"another path", {aggregate, systemd, {"/etc/ima/ima-policy.so"}}, policy_file::absent},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto claim = of_list(r.list);
    CHECK(claim.file == r.found);
    CHECK(claim.entries == std::min<std::size_t>(r.list.size(), 2));
    if (r.found == policy_file::first) CHECK(claim.digest == samples::digest_of("measure"));
    if (r.found == policy_file::first) CHECK(claim.init == samples::digest_of("x"));
  }
}

TEST_CASE(
    "check 24: a kexec itself does not count as a measurement, and the new kernel's init is not the first") {
  CHECK(of_list({aggregate, aggregate}).entries == 1);
  CHECK(of_list({aggregate, aggregate, {"/usr/bin/bash"}}).entries == 2);
  CHECK(of_list({aggregate, aggregate, systemd, libc, file}).file == policy_file::late);
}

TEST_CASE("check 24: an entry that root extended into another PCR is noticed wherever it is, and proves no "
          "policy") {
  auto elsewhere = file;
  elsewhere.pcr = 13;
  const std::vector<line> none{aggregate, systemd, libc, {"/usr/bin/bash"}};
  for (std::size_t at = 0; at <= none.size(); ++at) {
    auto list = none;
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), elsewhere);
    CHECK(of_list(list).file == policy_file::late);
  }
  const std::vector<line> loaded{aggregate, systemd, libc, file, {"/usr/bin/bash"}};
  for (std::size_t at = 0; at <= loaded.size(); ++at) {
    CAPTURE(at);
    const auto with = [&](line other) {
      auto list = loaded;
      other.pcr = 13;
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), std::move(other));
      return of_list(list).file;
    };
    CHECK(with({"/usr/bin/cat"}) == policy_file::first); // an honest rule with pcr= changes nothing
    CHECK(with({file.path, "weaker"}) == policy_file::changed);
  }
  // Nor does that hide what init ran before, because the order in PCR 10 is kept.
  CHECK(of_list({aggregate, {systemd.path, "x", {}, 13}, {"/usr/bin/bash"}, file}).file == policy_file::late);
}

TEST_CASE("a real machine with only ima_policy=tcb has measured, and loaded no policy") {
  const auto claim = testing::verified_vm("grub-sb").boot->ima_policy;
  CHECK(claim.file == policy_file::absent);
  CHECK(claim.entries == 2);
}
