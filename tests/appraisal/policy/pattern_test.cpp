#include "appraisal/policy/pattern.hpp"
#include "appraisal/policy/program_places.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace muster;
using namespace muster::appraisal;

TEST_CASE("a pattern is matched against the whole text, byte by byte") {
  struct row {
    const char* text;
    std::string_view subject;
    bool matches;
  };
  for (const auto& r :
       {row{"/srv/app/.*", "/srv/app/x", true}, row{"/srv/app/.*", "/usr/srv/app/x", false},
        row{"/srv/app", "/srv/app/x", false}, row{"/srv/[0-9a-f]{8}\\.log", "/srv/0123abcd.log", true},
        row{"/srv/[0-9a-f]{8}\\.log", "/srv/0123abcdxlog", false},
        row{"a|b", "ab", false}, // the alternative is inside the anchors
        row{"/srv/.*", "/srv/a\nb", true}, row{"/srv/.", "/srv/\xff", true},
        row{"/srv/..", "/srv/\xc3\xa9", true}, // two bytes
        row{"/srv/\xc3\xa9", "/srv/\xc3\xa9", true},
        // A text that matches need not begin like its pattern if that beginning is repeated, or is one of
        // several alternatives.
        row{"/ab*", "/a", true}, row{"/ab?c", "/ac", true}, row{"/ab{0}c", "/ac", true},
        row{"/ab+", "/abb", true}, row{"/ab+", "/a", false}, row{"/a|/b", "/b", true},
        row{"/a(b|c)|/d", "/d", true}, row{"(?i)/A", "/a", true}, row{"/a(?i)B", "/ab", true},
        row{"\\Q/a.b\\E", "/a.b", true}, row{"/a\\.b", "/a.b", true}, row{"^/a$", "/a", true},
        row{"x*", "", true}, row{"[/]a", "/a", true}}) {
    CAPTURE(r.text);
    CAPTURE(r.subject);
    const auto made = pattern::make(r.text);
    REQUIRE(made.ok());
    CHECK(made->matches(r.subject) == r.matches);
  }
}

TEST_CASE("a malformed pattern is refused with a reason") {
  struct row {
    std::string text;
    errc code;
    const char* says;
  };
  for (const auto& r : {row{"", errc::malformed, "not empty"}, row{"/a(", errc::malformed, "missing )"},
                        row{"/a[z-a]", errc::malformed, "invalid character class range"},
                        row{"(a)\\1", errc::malformed, "invalid escape"},
                        row{"(?=a)b", errc::malformed, "invalid perl operator"},
                        row{"[acegikmoqsuwy]{999}", errc::limit, "too large"},
                        row{std::string(pattern::max_length + 1, 'a'), errc::limit, "at most 256"},
                        row{"(((a{1,99}){1,99}){1,9})", errc::malformed, "invalid repetition"}}) {
    CAPTURE(r.text);
    const auto made = pattern::make(r.text);
    REQUIRE_FALSE(made.ok());
    CHECK(made.fault().code == r.code);
    CHECK_MESSAGE(made.fault().check.find(r.says) != std::string::npos, made.fault().check);
  }
}

TEST_CASE("check 24: a pattern that would exclude places of programs is refused") {
  for (const auto* text : {"/.*", "/usr/.*", "/(usr|srv)/.*", "/[^/]*", "/b.*", ".*", "srv/.*", "/etc/.*",
                           "/opt/.*", "/usr/lib/x/.*", "/usr/bin/[a-z]+", "/usr/lib/x/[^/]*\\.so.*"})
    CHECK_FALSE_MESSAGE(make_path_pattern(text).ok(), text);
  for (const auto* text :
       {"/srv/.*", "/var/lib/docker/overlay2/[0-9a-f]+/diff/tmp/.*", "/home/[^/]+/\\.cache/.*", "/opt/x/.*",
        "/opt/[a-z]+/var/.*", "/etc/(machine-id|hostname)", "/usr/lib/udev/hwdb\\.bin",
        "/usr/lib/[^/]+/gtk-3.0/.*\\.cache"})
    CHECK_MESSAGE(make_path_pattern(text).ok(), text);
}

TEST_CASE("check 24: a directory that is, contains or is inside a place of programs cannot be excluded") {
  struct row {
    const char* directory;
    const char* says;
  };
  for (const auto& r :
       {row{"/usr", "would also pass over /usr/bin/env"}, row{"/bin", "would also pass over /bin/sh"},
        row{"/etc", "would also pass over /etc/passwd"}, row{"/opt", "would also pass over /opt/app/bin/app"},
        row{"/lib", "would also pass over /lib/modules/"},
        row{"/usr/local", "would also pass over /usr/local/bin/app"},
        row{"/usr/lib/systemd", "would also pass over /usr/lib/systemd/systemd"},
        row{"/etc/cron.daily", "would also pass over /etc/cron.daily/logrotate"},
        row{"/usr/lib/x/cache", "keep programs in /usr/lib: name the data there with"},
        row{"/usr/bin/x", "keep programs in /usr/bin"}, row{"/lib32", "keep programs in /lib32"},
        row{"/boot/grub", "keep programs in /boot"}}) {
    const auto why = objection_to(r.directory);
    CHECK_MESSAGE(why.find(r.says) != std::string::npos, r.directory << ": " << why);
  }
  for (const auto* directory : {"/var/log", "/var/cache", "/var/lib", "/run", "/srv", "/tmp", "/opt/x/data",
                                "/etc/lvm/backup", "/usrx", "/binary", "/home"})
    CHECK_MESSAGE(objection_to(directory).empty(), directory);
}

// A backtracking engine needs 2^n steps for these, so the test would never end.
TEST_CASE("no pattern is slow, whatever the text") {
  const std::string hostile(4096, 'a');
  for (const auto* text : {"(a+)+b", "(a|aa)+b", "(.*)*(.*)*(.*)*b", "(a?){50}a{50}b", "([a-z]*)*\\.log"}) {
    const auto made = pattern::make(text);
    REQUIRE(made.ok());
    CHECK_FALSE(made->matches(hostile));
  }
}

namespace {

/// Tries each way to read some of the "_" as blanks; one match must give the same result.
bool matches_in_some_way(const pattern& one, std::string text) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '_') places.push_back(i);
  for (unsigned blanks = 0; blanks < 1U << places.size(); ++blanks) {
    for (std::size_t i = 0; i < places.size(); ++i)
      text[places[i]] = (blanks >> i & 1U) != 0 ? ' ' : '_';
    if (one.matches(text)) return true;
  }
  return false;
}

} // namespace

TEST_CASE("check 23: one match finds what any reading of the underscores as blanks would find") {
  std::mt19937 random{20261129};
  for (const auto* text :
       {"/opt/my app/.*", "/a\\sb",   "/a\\x20b",    "/a\\x{20}b", "/a\\040b",  "/a[[:space:]]b", "/a[^]_]b",
        "/\\Qa b\\E*",    "(?i)/A B", "/a\\Wb",      "/a\\pZb",    "/a[ _]b",   "/a[\\] ]b",      "/a b|/c_d",
        "/(a |b)+c",      "/a\\Cb",   "/(?P<n>a b)", "/a{1, 2}",   "/[^a-z/]+", "/a\\D+b",        "/[^/]*",
        "/a b.*",         "/ ?a.*",   "/_ *",        "/ .*"}) {
    CAPTURE(text);
    const auto one = pattern::make(text).value();
    for (int i = 0; i < 2000; ++i) {
      std::string subject = "/";
      for (auto n = random() % 6; n > 0; --n)
        subject += "ab_ cd]x/"[random() % 9];
      if (one.matches_with_blanks(subject) != matches_in_some_way(one, subject)) FAIL_CHECK(subject);
    }
  }
  // What matches between a letter and a blank may match between a letter and an underscore.
  CHECK(pattern::make("/my\\b.app").value().matches_with_blanks("/my_app"));
  // Broken escapes and classes are still refused.
  for (const auto* text : {"/\\p{", "/\\x{", "/[", "/[^", "/\\", "/[[:", "/\\x2", "/\\p"})
    CHECK_FALSE(pattern::make(text).ok());
}

TEST_CASE("check 25: no path makes a match cost more than its length, however many underscores it has") {
  const auto one = pattern::make("/(usr|opt)/([^/]+/)*s?bin/[^/]*").value();
  std::string path = "/opt";
  while (path.size() < 4000)
    path += "/a_b_c_d_e_f_g_h";
  CHECK_FALSE(one.matches_with_blanks(path)); // 2^2000 readings
  CHECK(one.matches_with_blanks(path + "/bin/x_y"));
}
