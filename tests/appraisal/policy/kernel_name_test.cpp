// What breaks if these fail: an exclusion of a path with a blank does nothing, or excuses more than it says.
#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/policy/policy.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

TEST_CASE("a name from outside is found as the kernel writes it") {
  CHECK(kernel_name("/opt/My App/run") == "/opt/My_App/run");
  CHECK(is_kernel_name("/opt/My_App/run", "/opt/My App/run"));
  CHECK(is_kernel_name("/opt/My App/run", "/opt/My App/run")); // before Linux 3.13
  CHECK(is_kernel_name("/a_b_c", "/a b_c"));
  CHECK_FALSE(is_kernel_name("/opt/My App/run", "/opt/My_App/run"));
  CHECK_FALSE(is_kernel_name("/opt/My-App/run", "/opt/My App/run"));
  CHECK_FALSE(is_kernel_name("/opt/My_App/run2", "/opt/My App/run"));
  CHECK(begins_as_kernel_name("/opt/My_App/run", "/opt/My A"));
  CHECK_FALSE(begins_as_kernel_name("/opt", "/opt/My A"));
}

TEST_CASE("the mark of a deleted file is taken off in either spelling, once, and only at the end") {
  CHECK(without_deleted("/a_(deleted)") == "/a");
  CHECK(without_deleted("/a (deleted)") == "/a");
  CHECK(without_deleted("/a_(deleted)_(deleted)") == "/a_(deleted)");
  for (const auto* other : {"/a(deleted)", "/a_(deleted)x", "/a", "", "_(deleted)", "/a-(deleted)"})
    CHECK(without_deleted(other) == other);
}

TEST_CASE("check 44: an exclusion covers what the kernel writes for its paths, and nothing else") {
  policy p;
  p.exclude = {"/srv/My Data", "/var/log"};
  p.exclude_matching = {
      make_path_pattern("/opt/My App/cache/.*").value(), make_path_pattern("/home/[^/_]+/x").value(),
      make_path_pattern("/data/a\\sb\\.db").value(), make_path_pattern("/data/c d\\b.*").value()};
  struct row {
    const char* path;
    exclusion how;
  };
  for (const auto& r : {
           row{"/srv/My Data/x", exclusion::as_written},
           row{"/srv/My_Data/x", exclusion::by_spelling},
           row{"/srv/My_Data", exclusion::by_spelling},
           row{"/srv/My_Data2/x", exclusion::none},
           row{"/srv/My-Data/x", exclusion::none},
           row{"/srv/My_Data/../../usr/bin/sh", exclusion::none},
           row{"My_Data/x", exclusion::none},
           row{"/var/log/x_(deleted)", exclusion::as_written},
           row{"/var/log_(deleted)", exclusion::by_spelling},
           row{"/var/logs_(deleted)", exclusion::none},
           row{"/opt/My App/cache/x", exclusion::as_written},
           row{"/opt/My_App/cache/x", exclusion::by_spelling},
           row{"/opt/My_App/cache/../run", exclusion::none},
           row{"/opt/My_App/run", exclusion::none},
           row{"/home/ab/x", exclusion::as_written},
           row{"/home/ab/x_(deleted)", exclusion::by_spelling},
           row{"/home/a_b/x", exclusion::none}, // all but "_": the pattern asks for no blank
           row{"/data/a_b.db", exclusion::by_spelling},
           row{"/data/a_b.db_(deleted)", exclusion::by_spelling},
           row{"/data/c d.e", exclusion::as_written},
           row{"/data/c_d.e", exclusion::none}, // a boundary of words is another one with "_"
       }) {
    CAPTURE(r.path);
    CHECK(exclusion_of(p, r.path) == r.how);
    CHECK(excludes(p, r.path) == (r.how == exclusion::as_written));
  }
}

TEST_CASE("check 44: a pattern that would exclude programs as the kernel writes them is refused") {
  CHECK_FALSE(make_path_pattern("/usr/lib/[x]86 64-linux-gnu/.*").ok());
  CHECK_FALSE(make_path_pattern("/[u]sr/lib/x86\\x2064-linux-gnu/.*").ok());
  CHECK(make_path_pattern("/usr/lib/[x]86 64-linux-gnu/.*\\.cache").ok());
}

TEST_CASE("a pattern takes \"_\" only for a blank that it asks for") {
  struct row {
    const char* text;
    const char* logged;
    bool matches;
  };
  for (const auto& r : {row{"/a b", "/a_b", true},           row{"/a b", "/a b", true},
                        row{"/a b", "/a-b", false},          row{"/a\\x20b", "/a_b", true},
                        row{"/a\\040b", "/a_b", true},       row{"/a[ -]b", "/a_b", true},
                        row{"/a[[:space:]]b", "/a_b", true}, row{"/a\\pZb", "/a_b", true},
                        row{"/\\Qa b\\E", "/a_b", true},     row{"/a[^_]b", "/a_b", false},
                        row{"/a\\Wb", "/a_b", false},        row{"/a[\\W]b", "/a_b", false},
                        row{"/a\\PLb", "/a_b", true},        row{"/a[[:^word:]]b", "/a_b", false},
                        row{"/a\\p{^L}b", "/a_b", true},     row{"/a.b", "/a_b", true},
                        row{"/a_b", "/a b", false},          row{"/a ?b", "/a_b", true},
                        row{"/a b\\b", "/a_b", false},       row{"/a b\\b", "/a b", true}}) {
    CAPTURE(r.text);
    CAPTURE(r.logged);
    CHECK(pattern::make(r.text)->matches_spelled(r.logged) == r.matches);
  }
}
