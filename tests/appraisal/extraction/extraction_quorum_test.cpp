#include "appraisal/extraction/extraction.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

class flock {
public:
  flock& add(const boot_content& boot,
             std::initializer_list<std::pair<const char*, const char*>> files = {}) {
    file_claims table;
    for (const auto& [path, content] : files)
      push_file(table, path, content);
    all_.push_back(taught_by(verified(boot), table, "node " + std::to_string(all_.size() + 1)));
    return *this;
  }
  result<quorum_extraction> agree(std::size_t k, const extraction_rules& rules = {}) const {
    return extract_quorum(all_, k, rules);
  }

private:
  std::vector<teachable> all_;
};

boot_content other_kernel() {
  auto boot = grub_machine();
  boot.events[4] = file_event("/vmlinuz", "kernel 2");
  boot.events[4].number = 5;
  return boot;
}

boot_content other_command() {
  auto boot = grub_machine();
  boot.events[3] = event(8, "linux /vmlinuz init=/bin/sh", "grub_cmd");
  boot.events[3].number = 4;
  return boot;
}

std::string refusal(const result<quorum_extraction>& got) { return got ? "accepted" : got.fault().check; }

} // namespace

TEST_CASE("canaries that agree give the set that each of them would give alone") {
  flock all;
  all.add(grub_machine(), {{"/a", "a"}}).add(grub_machine(), {{"/a", "a"}});
  const auto got = all.agree(2);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  const auto alone = reference_from(verified(grub_machine()), {}, "x").value();
  CHECK(got->content.pcrs == alone.pcrs);
  CHECK(got->content.events == alone.events);
  CHECK(got->content.files.size() == 1);
  CHECK(got->content.origin == "quorum of 2 of 2: node 1, node 2");
  CHECK(got->dissenters.empty());
}

TEST_CASE("a canary that booted differently is named, and nothing of its boot is learnt") {
  flock all;
  all.add(other_kernel()).add(grub_machine()).add(grub_machine());
  const auto got = all.agree(2);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->dissenters == std::vector<std::string>{"node 1"});
  const auto set = reference_set::make(got->content).value();
  CHECK(checks_of(appraise_boot(verified(grub_machine()), set.get(), policy{})).empty());
  CHECK_FALSE(checks_of(appraise_boot(verified(other_kernel()), set.get(), policy{})).empty());
}

TEST_CASE(
    "boots without a majority of k are a conflict that names the PCR, the event and which canary says what") {
  flock all;
  all.add(grub_machine()).add(other_command());
  const auto got = all.agree(2);
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::conflict);
  const auto said = refusal(got);
  for (const std::string_view part : {"PCR 8, its event 2", "node 1 measured \"linux /vmlinuz root=/dev/sda1",
                                      "node 2 measured \"linux /vmlinuz init=/bin/sh"})
    CHECK_MESSAGE(said.find(part) != std::string::npos, said);
}

TEST_CASE("two boots with k canaries each are a conflict as well") {
  flock all;
  all.add(grub_machine()).add(other_kernel()).add(grub_machine()).add(other_kernel());
  const auto got = all.agree(2);
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::conflict);
  CHECK_MESSAGE(refusal(got).find("node 1, node 3 measured") != std::string::npos, refusal(got));
}

TEST_CASE("no boot is assembled from several machines") {
  // PCR 8 is shared by 1 and 2, PCR 9 by 2 and 3, PCR 14 by 1 and 3: two machines have each value, none has
  // all.
  auto one = grub_machine();
  auto two = grub_machine();
  auto three = grub_machine();
  three.events.push_back(event(8, "another command"));
  one.events.push_back(file_event("/another", "file"));
  two.events.push_back(event(14, "another key"));
  flock all;
  all.add(one).add(two).add(three);
  const auto got = all.agree(2);
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::conflict);
}

TEST_CASE("a file counts if k canaries measured that content under that path; the other files are counted") {
  flock all;
  all.add(grub_machine(), {{"/a", "a"}, {"/b", "b"}, {"/own", "1"}, {"/a", "a"}})
      .add(grub_machine(), {{"/a", "a"}, {"/b", "other"}, {"/own", "2"}})
      .add(grub_machine(), {{"/b", "b"}});
  const auto got = all.agree(2);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->content.files.size() == 2);
  CHECK(got->content.files[0].path == "/a");
  CHECK(got->content.files[1].path == "/b");
  CHECK(same(got->content.files[1].digest, digest_of("b").view()));
  CHECK(got->files_left_out == 3);
  REQUIRE(got->listed.size() == 3);
  CHECK(got->listed[0].path == "/b");
}

TEST_CASE("one canary that measures a file again and again has one vote") {
  flock all;
  all.add(grub_machine(), {{"/evil", "e"}, {"/evil", "e"}, {"/evil", "e"}}).add(grub_machine());
  CHECK(all.agree(2)->content.files.empty());
}

TEST_CASE("configuration that differs between machines is left out and reported") {
  auto two = grub_machine();
  two.events.push_back(event(1, "asset tag 2"));
  flock all;
  all.add(grub_machine()).add(two);
  const auto got = all.agree(2);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->pcrs_left_out == std::vector<std::uint8_t>{1});
  const auto set = reference_set::make(got->content).value();
  CHECK(set->pcr(1) == nullptr);
  CHECK(set->pcr(5) != nullptr);
}

TEST_CASE("rules may leave out what differs between canaries") {
  flock all;
  all.add(grub_machine()).add(other_kernel());
  extraction_rules rules;
  rules.pcrs &= ~(1U << 9);
  CHECK(all.agree(2, rules).ok());
}

TEST_CASE("a quorum needs canaries, and a size that is possible") {
  flock all;
  CHECK(refusal(all.agree(1)).find("1 to 64 canaries") != std::string::npos);
  all.add(grub_machine());
  CHECK(all.agree(0).fault().code == errc::denied);
  CHECK(all.agree(2).fault().code == errc::denied);
  CHECK(all.agree(1).ok());
  auto unquoted = grub_machine();
  unquoted.pcrs.push_back({hash_algorithm::sha256, 4, crypto::digest{bytes32{}}});
  all.add(unquoted);
  CHECK(refusal(all.agree(1)).starts_with("node 2: "));
}
