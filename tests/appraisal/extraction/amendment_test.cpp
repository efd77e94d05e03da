// A few entries on top of a set. What breaks if these fail: an operator who finds one file good makes another
// one known, too, or a boot that no machine had.
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/extraction/amendment.hpp"
#include "appraisal/extraction/reference_diff.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

using numbers = std::vector<std::uint32_t>;

/// A machine and the set that it is compared with, with the findings that are on record of it.
struct scene {
  boot_claims boot = verified(grub_machine());
  file_claims files;
  std::shared_ptr<const reference_set> set;
  policy rules = lenient();

  scene() {
    file_claims known;
    push_file(known, "/usr/bin/ls", "ls");
    push_file(known, "/usr/bin/tool", "tool 1");
    set = reference_of(boot, known);
    push_file(files, "/usr/bin/ls", "ls");
  }
  kept_findings open() const {
    auto out = appraise_boot(boot, set.get(), rules);
    const auto of_files = appraise_files(files, set.get(), rules);
    out.insert(out.end(), of_files.findings.begin(), of_files.findings.end());
    return carry_over({}, out, occasion::full_log);
  }
  /// The number of the finding about that subject; 0 if there is none.
  std::uint32_t number_of(std::string_view subject, std::string_view check = {}) const {
    const auto all = open().findings;
    for (std::uint32_t i = 0; i < all.size(); ++i)
      if (all[i].subject.find(subject) != std::string::npos && (check.empty() || all[i].check == check))
        return i + 1;
    return 0;
  }
  teachable machine() const { return taught_by(boot, files, "node web-1", rules); }
  result<amendment> answers(const numbers& which) const { return answers_to(machine(), open(), which); }
  result<reference_content> amend(const numbers& which) const {
    const auto taught = machine();
    const auto entries = answers_to(taught, open(), which);
    if (!entries) return entries.fault();
    return amended(*set, *entries, &taught, "from " + taught.name());
  }
  /// Puts it into force.
  void take(const numbers& which) {
    auto content = amend(which);
    REQUIRE_MESSAGE(content.ok(), content.fault().check);
    auto made = reference_set::make(*std::move(content));
    REQUIRE_MESSAGE(made.ok(), made.fault().check);
    set = *made;
  }
};

std::string why(const auto& answer) { return answer ? std::string{"accepted"} : answer.fault().check; }
bool says(const auto& answer, std::string_view part) { return why(answer).find(part) != std::string::npos; }

} // namespace

TEST_CASE("check 26: a file that is found good becomes known, and nothing else of its machine does") {
  scene here;
  push_file(here.files, "/usr/bin/agent", "a good program");
  push_file(here.files, "/usr/bin/implant", "an implant");
  const auto before = here.set;
  here.take({here.number_of("/usr/bin/agent")});
  CHECK(here.number_of("/usr/bin/agent") == 0);
  CHECK(here.number_of("/usr/bin/implant", "ima.unknown-file") != 0);
  const auto diff = compare_references(before.get(), *here.set);
  CHECK(lines_of(diff, 100) == std::vector<std::string>{"1 file of no package added", "  + /usr/bin/agent"});
  CHECK(here.set->content().origin == "test; amended from node web-1");
}

TEST_CASE("check 26: a changed file has both contents afterwards, and a third one is found") {
  scene here;
  push_file(here.files, "/usr/bin/tool", "tool 2");
  here.take({here.number_of("/usr/bin/tool", "ima.changed-file")});
  CHECK(here.open().findings.empty() == (here.number_of("/usr/bin/tool") == 0));
  CHECK(here.number_of("/usr/bin/tool") == 0);
  here.files = {};
  push_file(here.files, "/usr/bin/tool", "tool 1");
  CHECK(here.number_of("/usr/bin/tool") == 0);
  push_file(here.files, "/usr/bin/tool", "an implant");
  CHECK(here.number_of("/usr/bin/tool", "ima.changed-file") != 0);
}

TEST_CASE(
    "a file keeps the path of the log: the kernel's underscore for a blank, bytes that nobody can see, and "
    "paths longer than a finding shows") {
  for (const auto& path :
       {std::string{"/opt/My_App/run"}, std::string{"/opt/a\x01\xff"}, "/opt/" + std::string(3000, 'x')}) {
    CAPTURE(path);
    scene here;
    push_file(here.files, path, "a good program");
    const auto entries = here.answers({here.number_of(path.substr(0, 5))});
    REQUIRE_MESSAGE(entries.ok(), why(entries));
    REQUIRE(entries->files.size() == 1);
    CHECK(entries->files[0].path == path);
  }
}

TEST_CASE("check 26: a path that looks like the named one, with another content, is not learnt") {
  scene here;
  push_file(here.files, "/opt/\x01", "a good program");
  push_file(here.files, "/opt/\\x01", "an implant"); // printed alike
  const auto all = here.open().findings;
  const auto good = digest_text(hash_algorithm::sha256, digest_of("a good program"));
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].found != good) continue;
    const auto entries = here.answers({i + 1});
    REQUIRE_MESSAGE(entries.ok(), why(entries));
    REQUIRE(entries->files.size() == 1);
    CHECK(entries->files[0].path == "/opt/\x01");
  }
}

TEST_CASE("check 26: the same content under a path that was not named gets no entry of its own") {
  scene here;
  push_file(here.files, "/usr/bin/tool", "a good program"); // a changed file
  push_file(here.files, "/opt/agent", "a good program");
  const auto entries = here.answers({here.number_of("/opt/agent")});
  REQUIRE_MESSAGE(entries.ok(), why(entries));
  REQUIRE(entries->files.size() == 1);
  CHECK(entries->files[0].path == "/opt/agent");
}

TEST_CASE("a file under fs-verity and a content under another known path can be amended") {
  scene here;
  push_file(here.files, "/opt/tree", "a tree", file_kind::verity_file);
  const auto entries = here.answers({here.number_of("/opt/tree")});
  REQUIRE_MESSAGE(entries.ok(), why(entries));
  CHECK(entries->files[0].kind == file_kind::verity_file);
}

TEST_CASE("check 26: a SHA-1 digest of a machine that measures by SHA-256 is not learnt by an amendment") {
  scene here;
  const auto weak = crypto::hash(hash_algorithm::sha1, as_bytes("x"));
  REQUIRE(here.files.push({file_kind::file, hash_algorithm::sha1, weak.view(), "/usr/bin/weak"}));
  CHECK(says(here.answers({here.number_of("/usr/bin/weak")}), "SHA-1"));
  const auto by_hand = entry_for("sha1:" + to_hex(weak.view()), "/usr/bin/weak", *here.set);
  CHECK(says(by_hand, "stronger algorithm"));
}

TEST_CASE("check 26: a finding that no entry answers is refused with its remedy") {
  scene here;
  auto open = here.open();
  finding kexec;
  kexec.kind = finding_kind::event;
  kexec.check = "event.kexec";
  kexec.remedy = "reboot";
  finding unproven = kexec; // named like a file, and not proven
  unproven.check = "ima.unknown-file";
  unproven.kind = finding_kind::evidence;
  open.findings = {kexec, unproven};
  open.total = 2;
  for (const std::uint32_t number : {1U, 2U})
    CHECK(says(answers_to(here.machine(), open, numbers{number}), "To end it: reboot"));
  CHECK(says(answers_to(here.machine(), open, numbers{3}), "there is no finding 3; the machine has 2"));
  CHECK(says(answers_to(here.machine(), open, numbers{0}), "there is no finding 0"));
  CHECK(says(answers_to(here.machine(), open, numbers{}), "name at least one"));
}

TEST_CASE("check 26: a boot is amended as a whole or not at all") {
  scene here;
  auto other = grub_machine();
  other.events[0] = event(4, "another loader");
  other.events[7].digest = digest_of("initrd 2");
  here.boot = verified(other);
  const auto loader = here.number_of("PCR 4");
  const auto initrd = here.number_of("PCR 9");
  REQUIRE(loader != 0);
  REQUIRE(initrd != 0);
  CHECK(says(here.amend({initrd}), "as a whole"));
  CHECK(says(here.amend({initrd}), "--finding " + std::to_string(loader)));
  push_file(here.files, "/usr/bin/implant", "an implant");
  auto cut = here.open();
  cut.total = 1000;
  CHECK(says(answers_to(here.machine(), cut, numbers{loader, initrd}), "more than are listed"));
  here.take({loader, initrd});
  CHECK(here.number_of("PCR 4") == 0);
  CHECK(here.number_of("PCR 9") == 0);
  CHECK(here.number_of("/usr/bin/implant") != 0);
  here.boot = verified(grub_machine());
  CHECK(here.number_of("PCR 4") != 0); // a set has one boot: the guard counts who loses by it
}

TEST_CASE("configuration is amended PCR by PCR") {
  scene here;
  auto other = grub_machine();
  other.events.push_back(event(1, "a setting"));
  other.events.push_back(event(5, "a partition"));
  here.boot = verified(other);
  const auto setting = here.number_of("PCR 1", "boot.configuration");
  REQUIRE(setting != 0);
  REQUIRE(here.number_of("PCR 5", "boot.configuration") != 0);
  here.take({setting});
  CHECK(here.number_of("PCR 1", "boot.configuration") == 0);
  CHECK(here.number_of("PCR 5", "boot.configuration") != 0);
}

TEST_CASE("an event in a PCR that had none can be amended, and one that is gone") {
  scene here;
  auto more = grub_machine();
  more.events.push_back(event(12, "a command line"));
  here.boot = verified(more);
  here.take({here.number_of("PCR 12")});
  CHECK(here.number_of("PCR 12") == 0);
  here.boot = verified(grub_machine());
  here.take({here.number_of("PCR 12")});
  CHECK(here.number_of("PCR 12") == 0);
  here.boot = verified(more);
  CHECK(here.number_of("PCR 12") != 0);
}

TEST_CASE("what a set leaves out of the boot stays left out") {
  scene here;
  extraction_rules rules;
  rules.pcrs &= ~(1U << 14U);
  rules.leave_out = {{8, std::nullopt, pattern::make("initrd .*").value()}};
  here.set = *reference_set::make(extract(here.boot, here.files, rules, "test").value());
  auto other = grub_machine();
  other.events[0] = event(4, "another loader");
  other.events[6] = event(8, "initrd /another");
  other.events[8] = event(14, "another list");
  here.boot = verified(other);
  here.take({here.number_of("PCR 4")});
  CHECK(here.set->pcr(14) == nullptr);
  CHECK(here.set->events(14) == nullptr);
  CHECK(here.set->only_by_events(8));
  CHECK(here.number_of("PCR") == 0);
}

TEST_CASE("what the set has already is no amendment, and packages stay with their files") {
  scene here;
  push_file(here.files, "/usr/bin/agent", "a good program");
  const auto open = here.open();
  const numbers first{here.number_of("/usr/bin/agent")};
  here.take(first);
  const auto taught = here.machine();
  const auto entries = answers_to(taught, open, first);
  REQUIRE(entries.ok());
  const auto again = amended(*here.set, *entries, &taught, "from node web-1");
  CHECK(says(again, "nothing would change"));
  CHECK(again.fault().code == errc::conflict);
}

TEST_CASE(
    "check 26: an amended set that lacks a file or has another boot takes something back; any other may") {
  scene here;
  const auto before = here.set;
  push_file(here.files, "/usr/bin/agent", "a good program");
  here.take({here.number_of("/usr/bin/agent")});
  const auto with_agent = here.set;
  CHECK(check_takes_nothing_back(*before, *with_agent).ok());
  CHECK(check_takes_nothing_back(*with_agent, *with_agent).ok());
  CHECK(check_takes_nothing_back(*with_agent, *before).ok()); // it was not amended
  here.set = before;
  push_file(here.files, "/usr/bin/other", "another program");
  here.take({here.number_of("/usr/bin/other")});
  const auto files = check_takes_nothing_back(*with_agent, *here.set);
  CHECK(says(files, "has 1 file besides"));
  CHECK(files.fault().code == errc::conflict);
  auto other = grub_machine();
  other.events[0] = event(4, "another loader");
  here.boot = verified(other);
  const auto old_boot = here.set;
  here.take({here.number_of("PCR 4")});
  CHECK(says(check_takes_nothing_back(*here.set, *old_boot), "has another boot besides"));
  CHECK(says(check_takes_nothing_back(*here.set, *with_agent), "has 1 file and another boot besides"));
}

TEST_CASE("a file that an operator names is read whole, or refused with the field") {
  const scene here;
  const std::string digest = "sha256:" + std::string(64, 'c');
  const auto good = entry_for(digest, "/opt/My App/run", *here.set);
  REQUIRE_MESSAGE(good.ok(), why(good));
  CHECK(good->files[0].path == "/opt/My App/run");
  CHECK(amended(*here.set, *good, nullptr, "by hand").ok());
  CHECK(entry_for("verity:" + digest, "/opt/x", *here.set)->files[0].kind == file_kind::verity_file);
  CHECK(entry_for("sha512:" + std::string(128, 'c'), "/opt/x", *here.set).ok());
  for (const auto& bad : {std::string(64, 'c'), std::string{"sha256:"}, digest + "c", digest + "cc",
                          std::string{"md5:"} + std::string(32, 'c'), "sha256:" + std::string(64, 'g'),
                          "sha256:" + std::string(64, '0'), "file:" + digest, " " + digest, digest + " "})
    CHECK_MESSAGE(says(entry_for(bad, "/opt/x", *here.set), "file: expected"), bad);
  for (const auto& bad : {std::string{}, std::string{"run"}, std::string{"./run"},
                          "/" + std::string(file_claims::max_path, 'x'), std::string{"/a\0b", 4}})
    CHECK_MESSAGE(says(entry_for(digest, bad, *here.set), "path: expected"), bad);
}
