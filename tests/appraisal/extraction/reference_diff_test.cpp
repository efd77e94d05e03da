#include "appraisal/extraction/extraction.hpp"
#include "appraisal/extraction/reference_diff.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "appraisal/reference/reference_files.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

struct packed {
  std::string path;
  std::string content;
  std::string package; ///< "name version" or empty
};

reference_content content_of(const boot_content& boot, const std::vector<packed>& files) {
  reference_files gathered;
  for (const auto& one : files) {
    const auto digest = digest_of(one.content);
    const auto blank = one.package.find(' ');
    package owner;
    if (!one.package.empty()) owner = {one.package.substr(0, blank), one.package.substr(blank + 1)};
    REQUIRE(gathered.add({file_kind::file, hash_algorithm::sha256, digest.view(), one.path},
                         one.package.empty() ? nullptr : &owner));
  }
  auto out = extract_boot(taught_by(verified(boot), {}), {}).value();
  std::move(gathered).move_into(out);
  return out;
}

std::shared_ptr<const reference_set> set_of(const std::vector<packed>& files,
                                            const boot_content& boot = grub_machine()) {
  auto made = reference_set::make(content_of(boot, files));
  REQUIRE_MESSAGE(made.ok(), made.fault().check);
  return *made;
}

/// The lines of the difference without the paths, which are indented.
std::vector<std::string> said(const std::shared_ptr<const reference_set>& a,
                              const std::shared_ptr<const reference_set>& b) {
  auto out = lines_of(compare_references(a.get(), *b), 100);
  std::erase_if(out, [](const std::string& line) { return line.starts_with(' '); });
  return out;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a diff lists packages with their versions first, and files without a package last") {
  const auto old = set_of({{"/usr/bin/openssl", "1", "openssl 3.0.11"},
                           {"/usr/lib/libssl.so.3", "1", "openssl 3.0.11"},
                           {"/usr/lib/old", "1", "openssl 3.0.11"},
                           {"/usr/bin/same", "1", "coreutils 9.1"},
                           {"/usr/bin/gone", "1", "nano 7"},
                           {"/opt/x", "1", ""}});
  const auto now = set_of({{"/usr/bin/openssl", "2", "openssl 3.0.13"},
                           {"/usr/lib/libssl.so.3", "2", "openssl 3.0.13"},
                           {"/usr/lib/new", "2", "openssl 3.0.13"},
                           {"/usr/bin/same", "1", "coreutils 9.1"},
                           {"/usr/bin/vim", "1", "vim 9"},
                           {"/opt/x", "2", ""},
                           {"/opt/y", "1", ""}});
  CHECK(said(old, now)
        == lines{"1 file of nano 7 removed", "2 files of openssl 3.0.11 -> 3.0.13, 1 added, 1 removed",
                 "1 file of vim 9 added", "1 file of no package changed, 1 added"});
  const auto diff = compare_references(old.get(), *now);
  CHECK(diff.changed() == 3);
  CHECK(diff.added() == 3);
  CHECK(diff.removed() == 2);
  CHECK(diff.same_files == 1);
  CHECK(diff.packages[1].paths.size() == 4);
}

TEST_CASE("a set that is the same changes nothing") {
  const auto one = set_of({{"/a", "1", "a 1"}});
  CHECK(said(one, one) == lines{"nothing changes"});
  CHECK(compare_references(one.get(), *one).empty());
}

TEST_CASE("a path is one path in each spelling that an appraisal takes for one") {
  const auto by_hand = set_of(
      {{"/opt/My App/run", "1", ""}, {"/usr/bin/a", "1", "tools 1"}, {"//usr/./bin/b", "1", "tools 1"}});
  const auto measured =
      set_of({{"/opt/My_App/run", "1", ""}, {"/usr/bin/a", "1", "tools 1"}, {"/usr/bin/b", "1", "tools 1"}});
  for (const auto& [a, b] : {std::pair{by_hand, measured}, {measured, by_hand}}) {
    CHECK(said(a, b) == lines{"nothing changes"});
    CHECK(compare_references(a.get(), *b).same_files == 3);
  }
  // Both spellings of one content are one file; two contents are two.
  const auto twice = set_of({{"/opt/My App/run", "1", ""},
                             {"/opt/My_App/run", "1", ""},
                             {"/usr/bin/a", "1", "tools 1"},
                             {"/usr/bin/b", "1", "tools 1"}});
  CHECK(said(twice, measured) == lines{"nothing changes"});
  const auto other = set_of({{"/opt/My App/run", "2", ""}, {"/usr/bin/a", "1", "tools 1"}});
  CHECK(said(measured, other) == lines{"1 file of tools 1 removed", "1 file of no package changed"});
  // Where the disk has two folders, a kernel never writes one for the other.
  CHECK(said(set_of({{"/bin/ls", "1", ""}}), set_of({{"/usr/bin/ls", "1", ""}}))
        == lines{"1 file of no package added, 1 removed"});
}

TEST_CASE("a file that changed within one version is reported as that, not as an upgrade") {
  CHECK(said(set_of({{"/a", "1", "a 1"}}), set_of({{"/a", "2", "a 1"}})) == lines{"1 file of a 1 changed"});
}

TEST_CASE("a path that gains a content counts as changed once, and a union names both versions") {
  const auto old = set_of({{"/a", "1", "a 1"}});
  const auto both = set_of({{"/a", "1", "a 1"}, {"/a", "2", "a 2"}});
  CHECK(said(old, both) == lines{"1 file of a 1 -> 1 or 2"});
}

TEST_CASE("changes of the boot come first, with texts if digests cover them") {
  auto boot = grub_machine();
  boot.events[3] = event(8, "linux /vmlinuz-2", "grub_cmd");
  boot.events[4] = file_event("/vmlinuz", "kernel 2");
  const auto got = said(set_of({}), set_of({{"/a", "1", ""}}, boot));
  REQUIRE(got.size() == 3);
  CHECK(got[0] == "PCR 8, event 2: \"linux /vmlinuz root=/dev/sda1 ima_policy=tcb\" -> \"linux /vmlinuz-2\"");
  CHECK(got[1].starts_with("PCR 9, event 2: sha256:"));
  CHECK(got[2] == "1 file of no package added");
}

TEST_CASE("a diff says what one set compares and the other does not") {
  extraction_rules rules;
  rules.pcrs &= ~(1U << 9);
  rules.leave_out = {{8, std::nullopt, pattern::make("set .*").value()}};
  const auto narrow = reference_set::make(extract(verified(grub_machine()), {}, rules, "x").value()).value();
  const auto got = said(set_of({}), narrow);
  const auto has = [&](std::string_view part) {
    return std::ranges::any_of(got, [part](const std::string& line) { return line.find(part) != line.npos; });
  };
  CHECK(has("PCR 9 (files that the boot loader read, such as the initial RAM disk) is no longer compared"));
  CHECK(has("events of PCR 8 that match set .* are no longer compared"));
}

TEST_CASE(
    "files are named below their counts: a few of each package, more without one, and the rest is counted") {
  std::vector<packed> files;
  for (int i = 10; i < 40; ++i)
    files.push_back({"/usr/bin/p" + std::to_string(i), std::to_string(i), i < 17 ? "tools 1" : ""});
  const auto got = lines_of(compare_references(set_of({}).get(), *set_of(files)), 100);
  REQUIRE(got.size() == 1 + 5 + 1 + 1 + 20 + 1);
  CHECK(got[0] == "7 files of tools 1 added");
  CHECK(got[1] == "  + /usr/bin/p10");
  CHECK(got[5] == "  + /usr/bin/p14");
  CHECK(got[6] == "  and 2 more");
  CHECK(got[7] == "23 files of no package added");
  CHECK(got[8] == "  + /usr/bin/p17");
  CHECK(got.back() == "  and 3 more");
}

TEST_CASE("packages of which only documentation differs are counted, and listed on demand") {
  const auto old = set_of({{"/usr/share/doc/a/copyright", "1", "a 1"},
                           {"/usr/share/man/man1/b.1.gz", "1", "b 1"},
                           {"/usr/bin/c", "1", "c 1"},
                           {"/usr/share/doc/c/copyright", "1", "c 1"}});
  const auto now = set_of({{"/usr/share/doc/a/copyright", "2", "a 2"},
                           {"/usr/share/doc/a/changelog", "1", "a 2"},
                           {"/usr/share/man/man1/b.1.gz", "2", "b 2"},
                           {"/usr/bin/c", "2", "c 2"},
                           {"/usr/share/doc/c/copyright", "2", "c 2"}});
  CHECK(said(old, now) == lines{"2 files of c 1 -> 2", "2 packages, 3 files: only documentation"});
  const auto all = lines_of(compare_references(old.get(), *now, diff_detail::all), 100, diff_detail::all);
  CHECK(std::ranges::count(all, "  ~ /usr/share/man/man1/b.1.gz") == 1);
  CHECK(std::ranges::count(all, "1 file of a 1 -> 2, 1 added") == 1);
  CHECK(summary_of(compare_references(old.get(), *now)) == "3 packages and 5 files");
}

TEST_CASE(
    "check 48: what machines taught is listed even below a folder for documentation, and so is a package "
    "with one file elsewhere") {
  // Any path can be measured: one that looks like documentation must not hide a program from who approves.
  const auto old = set_of({});
  const auto taught = set_of({{"/usr/share/doc/openssl/implant", "evil", ""}});
  CHECK(said(old, taught) == lines{"1 file of no package added"});
  CHECK(lines_of(compare_references(old.get(), *taught), 100).back() == "  + /usr/share/doc/openssl/implant");
  const auto mixed =
      set_of({{"/usr/share/doc/x/readme", "1", "x 1"}, {"/usr/share/doc/../../bin/x", "1", "x 1"}});
  CHECK(said(old, mixed) == lines{"2 files of x 1 added"});
}

TEST_CASE("a summary counts packages, files and what differs in the boot") {
  auto boot = grub_machine();
  boot.events[3] = event(8, "linux /vmlinuz-2", "grub_cmd");
  const auto old = set_of({{"/a", "1", "a 1"}});
  CHECK(summary_of(compare_references(old.get(), *set_of({{"/a", "2", "a 2"}, {"/b", "1", ""}}, boot)))
        == "1 package, 2 files and 1 boot value or event");
  CHECK(summary_of(compare_references(old.get(), *old)) == "nothing");
}

TEST_CASE("every path of a difference is listed on demand") {
  std::vector<packed> files;
  for (int i = 10; i < 60; ++i)
    files.push_back({"/usr/bin/p" + std::to_string(i), std::to_string(i), i < 35 ? "tools 1" : ""});
  const auto old = set_of({});
  const auto got =
      lines_of(compare_references(old.get(), *set_of(files), diff_detail::all), 1000, diff_detail::all);
  CHECK(got.size() == 52); // 50 paths below two lines
  CHECK(got[25] == "  + /usr/bin/p34");
}

TEST_CASE("a diff is bounded and printable") {
  std::vector<packed> files;
  for (int i = 0; i < 50; ++i)
    files.push_back(
        {"/p" + std::to_string(i), "x\n" + std::to_string(i), "p\x1b" + std::to_string(i) + " 1"});
  const auto got = lines_of(compare_references(set_of({}).get(), *set_of(files)), 10);
  REQUIRE(got.size() == 10);
  CHECK(got.back() == "and 91 more"); // a line for each package, and one for its file
  for (const auto& line : got)
    CHECK(line.find('\x1b') == std::string::npos);
  CHECK(lines_of(compare_references(nullptr, *set_of(files)), 200).size() == 100);
}

TEST_CASE("packages come back from the record, and a set keeps them by path") {
  const auto content = content_of(
      grub_machine(),
      {{"/b", "1", "b 1"}, {"/a", "1", ""}, {"/a", "1", "a 1"}, {"/c", "2", "a 1"}, {"/a", "2", "a 2"}});
  CHECK(content.packages.size() == 3);
  CHECK(content.files.size() == 4); // /a with content 1 belongs to the package that named it
  const auto back = reference_content_from(to_record(content).read_back());
  REQUIRE_MESSAGE(back.ok(), back.fault().check);
  CHECK(back->packages == content.packages);
  CHECK(back->package_of == content.package_of);
  const auto set = reference_set::make(*back).value();
  REQUIRE(set->packages_at("/a").size() == 2);
  CHECK(set->packages_at("/a")[1]->version == "2");
  CHECK(set->packages_at("/c").size() == 1);
  CHECK(set->packages_at("/d").empty());
}

TEST_CASE("a set whose packages do not fit its files is refused") {
  const auto sound = content_of(grub_machine(), {{"/a", "1", "a 1"}, {"/b", "1", "b 1"}});
  CHECK(reference_set::make(sound).ok());
  auto bad = sound;
  bad.package_of.pop_back();
  CHECK_FALSE(reference_set::make(bad));
  bad = sound;
  bad.package_of[0] = 2;
  CHECK_FALSE(reference_set::make(bad));
  bad = sound;
  std::swap(bad.packages[0], bad.packages[1]);
  CHECK_FALSE(reference_set::make(bad));
  bad = sound;
  push_file(bad.files, "/0", "early");
  bad.package_of.push_back(0);
  CHECK_FALSE(reference_set::make(bad));
}

TEST_CASE("a replaced file is listed under its package") {
  const auto set = set_of({{"/usr/bin/openssl", "1", "openssl 3.0.11"}});
  file_claims files;
  push_file(files, "/usr/bin/openssl", "evil");
  const auto got = appraise_files(files, set.get(), policy{});
  REQUIRE(got.findings.size() == 1);
  CHECK(got.findings[0].check == "ima.changed-file");
  CHECK(got.findings[0].sentence == "openssl 3.0.11 (/usr/bin/openssl) was replaced by an unknown file.");
  const auto both =
      set_of({{"/usr/bin/openssl", "1", "openssl 3.0.11"}, {"/usr/bin/openssl", "2", "openssl 3.0.13"}});
  CHECK(appraise_files(files, both.get(), policy{})
            .findings[0]
            .sentence.starts_with("openssl 3.0.11 or openssl 3.0.13 ("));
}
