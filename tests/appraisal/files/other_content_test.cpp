// Known content at a known path that has another content. What breaks if these fail: root replaces a library
// by a shell of the same machine and no finding shows it; or honest machines that hold copies get warnings.
#include "appraisal/files/other_content.hpp"
#include "appraisal/reference/reference_files.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

const package util{"util-linux", "2.38", package_source::deb};
const package dash{"dash", "0.5", package_source::deb};
const package foreign{"dash", "0.5", package_source::rpm};

struct entry {
  const char* path;
  const char* content;
  const package* owner = nullptr;
};

std::shared_ptr<const reference_set> set_with(const std::vector<entry>& entries,
                                              std::string origin = "node 1") {
  auto content = reference_from(verified(grub_machine()), {}, std::move(origin)).value();
  reference_files files;
  for (const auto& one : entries) {
    const auto digest = digest_of(one.content);
    REQUIRE(files.add({file_kind::file, hash_algorithm::sha256, digest.view(), one.path}, one.owner).ok());
  }
  std::move(files).move_into(content);
  return reference_set::make(std::move(content)).value();
}

std::vector<std::string> judged(const reference_choice& reference, const char* path, const char* content,
                                const policy& p = {}) {
  file_claims files;
  push_file(files, path, content);
  return checks_of(appraise_files(files, reference, p).findings, severity::note);
}

using names = std::vector<std::string>;
const names warned{"ima.other-content"};
constexpr const char* library = "/usr/lib/x86_64-linux-gnu/libmount.so.1";

} // namespace

TEST_CASE("check 28: a program with the content of another known program is a warning that names both") {
  const auto set = set_with({{library, "library"}, {"/usr/bin/dash", "shell"}});
  file_claims files;
  push_file(files, library, "shell");
  push_file(files, library, "shell"); // two measurements, one finding
  const auto a = appraise_files(files, set.get(), policy{});
  REQUIRE(a.findings.size() == 1);
  const auto& f = a.findings[0];
  CHECK(f.check == "ima.other-content");
  CHECK(f.level == severity::warning);
  CHECK(f.kind == finding_kind::claim);
  CHECK(f.subject == library);
  CHECK(f.expected == "sha256:" + to_hex(digest_of("library").view()));
  CHECK(f.found == "sha256:" + to_hex(digest_of("shell").view()));
  CHECK(f.sentence.find("/usr/bin/dash") != std::string::npos);
  policy p;
  p.of(judged_check::other_content) = severity::failure;
  CHECK(appraise_files(files, set.get(), p).worst == severity::failure);
  p.of(judged_check::other_content) = severity::note;
  CHECK(appraise_files(files, set.get(), p).worst == severity::note);
}

TEST_CASE("check 28: contents are not compared where honest machines can differ") {
  struct row {
    const char* what;
    std::vector<entry> set;
    const char* path;
    const char* content;
    names found;
  };
  const row rows[] = {
      {"its own content", {{library, "library"}, {"/usr/bin/dash", "shell"}}, library, "library", {}},
      {"a path that the set does not have", {{"/usr/bin/dash", "shell"}}, library, "shell", {}},
      {"a path with two contents, one of an image",
       {{library, "library"}, {library, "library of an image"}, {"/usr/bin/dash", "shell"}},
       library,
       "shell",
       {}},
      {"data", {{"/var/lib/x", "data"}, {"/usr/bin/dash", "shell"}}, "/var/lib/x", "shell", {}},
      {"a copy, as in initial RAM disks",
       {{"/usr/bin/cat", "coreutils"}, {"/usr/lib/klibc/bin/cat", "klibc"}},
       "/usr/bin/cat",
       "klibc",
       {}},
      {"packages of one kind",
       {{library, "library", &util}, {"/usr/bin/dash", "shell", &dash}},
       library,
       "shell",
       warned},
      {"packages of two kinds: two roots",
       {{library, "library", &util}, {"/usr/bin/dash", "shell", &foreign}},
       library,
       "shell",
       {}},
      {"a package and a file of none",
       {{library, "library", &util}, {"/usr/bin/dash", "shell"}},
       library,
       "shell",
       {}},
      {"machines that run containers",
       {{library, "library"}, {"/usr/bin/dash", "shell"}, {"/usr/bin/runc", "runc"}},
       library,
       "shell",
       {}},
      {"layers of container images",
       {{library, "library"}, {"/usr/bin/dash", "shell"}, {"/var/lib/docker/overlay2/a/diff/x", "x"}},
       library,
       "shell",
       {}},
      {"a folder that is called nearly so",
       {{library, "library"}, {"/usr/bin/dash", "shell"}, {"/var/lib/docker2/x", "x"}},
       library,
       "shell",
       warned},
      {"containers beside packages",
       {{library, "library", &util}, {"/usr/bin/dash", "shell", &dash}, {"/usr/bin/runc", "runc", &dash}},
       library,
       "shell",
       warned},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string{r.what});
    CHECK(judged(set_with(r.set).get(), r.path, r.content) == r.found);
  }
  // A set that was made with an image has paths from inside that image.
  const std::vector<entry> both{{library, "library"}, {"/usr/bin/dash", "shell"}};
  CHECK(judged(set_with(both, "boot of (node 1); image web.tar").get(), library, "shell").empty());
  CHECK(judged(set_with(both, "boot of (node 1); directory /mnt").get(), library, "shell") == warned);
}

TEST_CASE(
    "check 28: while an upgrade is staged, two sets say what a path holds, so contents are not compared") {
  const auto before = set_with({{library, "library"}, {"/usr/bin/dash", "shell"}});
  const auto after = set_with({{library, "library 2"}, {"/usr/bin/dash", "shell 2"}});
  CHECK(judged({before.get(), after.get()}, library, "shell").empty());
  CHECK(judged({before.get(), after.get()}, library, "shell 2").empty());
  CHECK(judged(before.get(), library, "shell") == warned);
  CHECK(judged(nullptr, library, "shell").empty());
}

TEST_CASE("check 28: contents in two algorithms count as one content each") {
  auto content = reference_from(verified(grub_machine()), {}, "node 1").value();
  const auto sha1_of = [](std::string_view text) {
    return crypto::hash(hash_algorithm::sha1, as_bytes(text));
  };
  push_file(content.files, library, "library");
  push_file(content.files, "/usr/bin/dash", "shell");
  REQUIRE(content.files.push({file_kind::file, hash_algorithm::sha1, sha1_of("library").view(), library}));
  REQUIRE(
      content.files.push({file_kind::file, hash_algorithm::sha1, sha1_of("shell").view(), "/usr/bin/dash"}));
  const auto set = reference_set::make(std::move(content)).value();
  CHECK(judged(set.get(), library, "shell") == warned);
  CHECK(judged(set.get(), library, "library").empty());
  file_claims old;
  REQUIRE(old.push({file_kind::file, hash_algorithm::sha1, sha1_of("shell").view(), library}));
  CHECK(checks_of(appraise_files(old, set.get(), policy{}).findings) == warned);
}

TEST_CASE("check 28: a blank in its path hides no program that was replaced, and makes no copy suspicious") {
  const auto set = set_with({{"/usr/lib/my tool", "tool"}, {"/usr/bin/dash", "shell"}});
  CHECK(judged(set.get(), "/usr/lib/my_tool", "shell") == warned);
  CHECK(judged(set.get(), "/usr/lib/my_tool", "tool").empty());
  CHECK(judged(set.get(), "/usr/bin/my_tool", "tool").empty()); // a copy with the same name
  // Two files may be meant, so the set does not say what is there.
  const auto two =
      set_with({{"/usr/lib/my tool", "a"}, {"/usr/lib/my_tool", "b"}, {"/usr/bin/dash", "shell"}});
  CHECK(judged(two.get(), "/usr/lib/my_tool", "shell").empty());
}
