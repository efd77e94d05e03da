// What breaks if these fail: a replaced program, or one that must be signed, is not found because its path is
// spelled differently from the reference or the policy.
#include "appraisal/files/appraise_files.hpp"
#include "appraisal/files/appraise_signature.hpp"
#include "appraisal/reference/path_spelling.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

TEST_CASE("a path has one plain form") {
  struct row {
    std::string_view path;
    std::string_view plain;
  };
  const row rows[] = {
      {"/usr/bin/ls", "/usr/bin/ls"},
      {"/opt/my app/run", "/opt/my_app/run"},
      {"//usr//bin/ls", "/usr/bin/ls"},
      {"/usr/./bin/ls", "/usr/bin/ls"},
      {"/usr/x/../bin/ls", "/usr/bin/ls"},
      {"/../usr/bin/ls", "/usr/bin/ls"},
      {"/usr/bin/ls/", "/usr/bin/ls"},
      {"/usr/bin/ls/.", "/usr/bin/ls"},
      {"ls", "ls"},
      {"./ls", "ls"},
      {"", ""},
      {"/\xff\xfe", "/\xff\xfe"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.path);
    CHECK(plain_path(one.path) == one.plain);
    CHECK(is_plain_path(one.path) == (one.path == one.plain));
    CHECK(plain_path(plain_path(one.path)) == one.plain);
  }
}

TEST_CASE("check 23: no spelling of a known path escapes known-only") {
  file_claims files;
  push_file(files, "/opt/my app/run", "run 1");   // as a package spells it
  push_file(files, "/opt/your_app/run", "run 2"); // as a list spells it
  push_file(files, "/usr/sbin/sshd", "sshd 1");
  const auto reference = reference_of(verified(grub_machine()), files);
  policy rules;
  rules.files = file_mode::known_only;
  rules.exclude.clear();
  const auto checks = [&](std::string_view path) {
    file_claims list;
    push_file(list, path, "evil");
    return checks_of(appraise_files(list, reference.get(), rules).findings);
  };
  const std::vector<std::string> changed{"ima.changed-file"};
  for (const std::string_view path :
       {"/opt/my_app/run", "/opt/my app/run", "/opt/your app/run", "/opt/your_app/run", "/usr/sbin/sshd",
        "//usr/sbin/sshd", "/usr//sbin/./sshd", "/usr/bin/../sbin/sshd", "sshd", "./sshd", "sbin/sshd",
        "usr/sbin/sshd", "run"}) {
    CAPTURE(path);
    CHECK(checks(path) == changed);
  }
  for (const std::string_view path :
       {"/opt/other app/run", "/usr/sbin/sshd2", "sshd2", "/usr/sbin", "/", ""}) {
    CAPTURE(path);
    CHECK(checks(path).empty()); // known-only skips unknown programs
  }
}

TEST_CASE(
    "check 23: a file that must be signed is found under every spelling of its path, and no other file is") {
  struct row {
    const char* pattern;
    std::vector<std::string_view> must;
    std::vector<std::string_view> need_not;
  };
  const row rows[] = {
      {"/opt/my app/.*",
       {"/opt/my app/x", "/opt/my_app/x", "//opt/my_app/./x", "x", "y/x"},
       {"/opt/myapp/x"}},
      {"/opt/my\\sapp/a_b", {"/opt/my_app/a_b"}, {"/opt/my-app/a_b"}},
      {"/opt/my\\x20app/x", {"/opt/my_app/x"}, {"/opt/my_app/y"}},
      {"/opt/[^_/]+/x", {"/opt/a_b/x", "/opt/ab/x"}, {"/opt/a/b/x"}},
      {"/opt/[^ /]+/x", {"/opt/a_b/x"}, {"/opt/a/b/x"}},
      {"/opt/[^/]+/my app", {"/opt/a_b/my_app"}, {"/opt/a_b/myapp"}},
      {"/opt/[^!-~]x", {"/opt/_x"}, {"/opt/ax"}},
      {"/usr/s?bin/.*",
       {"/usr/bin/ls", "/usr//bin/ls", "/usr/./sbin/ls", "/usr/x/../bin/ls", "ls"},
       {"/usr/lib/a_b", "/home/usr/bin/ls"}},
  };
  for (const auto& one : rows) {
    const auto compiled = pattern::make(one.pattern).value();
    CAPTURE(one.pattern);
    for (const auto path : one.must) {
      CAPTURE(path);
      CHECK(may_match(compiled, path));
    }
    for (const auto path : one.need_not) {
      CAPTURE(path);
      CHECK_FALSE(may_match(compiled, path));
    }
  }
}

TEST_CASE("check 23: if a pattern of plain characters matches a path, it also matches the kernel's spelling "
          "of it") {
  std::mt19937 random{20261128};
  const auto letters = [&](std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i)
      out += "ab _/."[random() % 6];
    return out;
  };
  for (int i = 0; i < 2000; ++i) {
    const auto path = "/" + letters(1 + random() % 12);
    std::string quoted;
    for (const auto c : path)
      quoted += c == '.' ? std::string{"\\."} : std::string(1, c);
    auto written = path;
    std::ranges::replace(written, ' ', '_');
    if (!may_match(pattern::make(quoted).value(), written)) FAIL_CHECK(path);
  }
}

TEST_CASE("check 44: a file that was deleted is judged as the file it was") {
  file_claims files;
  push_file(files, "/opt/My App/run", "run 1");
  const auto reference = reference_of(verified(grub_machine()), files);
  policy rules;
  rules.files = file_mode::known_only;
  rules.exclude.clear();
  for (const std::string_view path :
       {"/opt/My_App/run_(deleted)", "/opt/My_App/run (deleted)", "/opt/My App/run (deleted)",
        "/opt//My_App/run_(deleted)", "run_(deleted)"}) {
    CAPTURE(path);
    file_claims list;
    push_file(list, path, "evil");
    CHECK(checks_of(appraise_files(list, reference.get(), rules).findings)
          == std::vector<std::string>{"ima.changed-file"});
  }
  file_claims other;
  push_file(other, "/opt/My_App/ran_(deleted)", "evil");
  CHECK(appraise_files(other, reference.get(), rules).findings.empty());
  const auto signed_place = pattern::make("/opt/My App/run").value();
  CHECK(may_match(signed_place, "/opt/My_App/run_(deleted)"));
  CHECK_FALSE(may_match(signed_place, "/opt/My_App/run_deleted"));
}

TEST_CASE("check 44: what may be an excluded file or a known one is judged as the known one") {
  struct row {
    const char* known;
    const char* logged;
    bool found;
  };
  policy rules;
  rules.exclude = {"/opt/My App"};
  rules.exclude_matching = {make_path_pattern("/srv/My App/.*").value()};
  for (const auto& r : {
           row{"/opt/My_App/run", "/opt/My_App/run", true},           // the known file has no blank
           row{"/opt/My_App/run", "/opt/My_App/run_(deleted)", true}, //
           row{"/opt/My App/run", "/opt/My_App/run", false},          // the known file itself is excluded
           row{"/opt/My_App/run", "/opt/My_App/other", false},        //
           row{"/opt/My_App/run", "/opt/My App/run", false},          // a kernel that writes blanks
           row{"/srv/My_App/run", "/srv/My_App/run", true},           //
           row{"/srv/My App/run", "/srv/My_App/run", false},          //
       }) {
    CAPTURE(r.known);
    CAPTURE(r.logged);
    file_claims files;
    push_file(files, r.known, "run 1");
    const auto reference = reference_of(verified(grub_machine()), files);
    file_claims list;
    push_file(list, r.logged, "evil");
    const auto got = appraise_files(list, reference.get(), rules);
    CHECK((checks_of(got.findings) == std::vector<std::string>{"ima.changed-file"}) == r.found);
    CHECK(got.skipped == (r.found ? 0 : 1));
  }
}

TEST_CASE("check 44: of a machine, files are learnt by what their names surely mean") {
  extraction_rules rules;
  rules.include_files = {pattern::make("/opt/My App/.*").value(), pattern::make("/srv/[^_]+").value()};
  rules.exclude_files = {pattern::make("/opt/My App/[^_]+\\.log").value()};
  CHECK(rules.learns_logged("/opt/My_App/run"));
  CHECK_FALSE(rules.learns_logged("/opt/My_App/a_b.log")); // may be "a b.log"
  CHECK_FALSE(rules.learns_logged("/srv/a_b"));
  CHECK(rules.learns_file("/opt/My App/run"));
  CHECK_FALSE(rules.learns_file("/opt/My_App/run")); // outside, a name means itself
}
