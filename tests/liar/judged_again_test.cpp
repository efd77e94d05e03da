// A record is judged again whenever a set or a policy changes. What breaks if these fail: a machine looks
// better by its record than by the evidence that it sent.
#include "tests/liar/lesson.hpp"
#include "tests/liar/stage.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace muster;
using namespace muster::liar;

namespace {

struct group {
  stage on;
  std::size_t small = on.cast_named("grub-sb, 10 files");
};

bool has(const judge& by, std::string_view check) {
  return std::ranges::any_of(by.state().findings, [&](const finding& f) { return f.check == check; });
}

constexpr law attested_policy{"attested policy", "version: 1\n"
                                                 "ima: {policy_closes: true}\n"
                                                 "require: {ima_policy: file}\n"};

machine with_policy(std::string_view content) {
  auto m = made_machine();
  m.start.insert(m.start.begin() + 3, file_line("/etc/ima/ima-policy", content));
  m.power_on();
  return m;
}

std::shared_ptr<const testing::soft_tpm> a_key() { return std::make_shared<const testing::soft_tpm>(); }

} // namespace

TEST_CASE(
    "check 23: a denied program stays denied when its machine is judged again, even if the set knows it") {
  group g;
  auto [by, m] = g.on.stranger(g.small, law_named("deny-program"));
  CHECK(by.attest(honest_account(m), m.tpm) == level::untrusted);
  CHECK(by.reappraise(later(by.context())) == level::untrusted);
  CHECK(has(by, "ima.denied-file"));
  CHECK(by.attest(honest_account(m), m.tpm) == level::untrusted);
}

TEST_CASE("check 23: a program that is denied after its machine attested makes it untrusted at once") {
  group g;
  auto [by, m] = g.on.acquainted(g.small, law_named("default"));
  REQUIRE(by.shown() == level::trusted);
  const auto denying =
      with_reference(g.on.context(g.small, law_named("deny-program")), by.context()->reference);
  CHECK(by.reappraise(denying) == level::untrusted);
  CHECK(has(by, "ima.denied-file"));
}

TEST_CASE("check 24: another known content of the policy's file counts as soon as an increment has it") {
  const auto key = a_key();
  auto m = with_policy("measure");
  judge by{key, context_of(attested_policy, m, key)};
  REQUIRE(by.attest(honest_account(m), m.tpm) == level::trusted);
  m.measure(file_line("/etc/ima/ima-policy", "content of /usr/bin/bash")); // content that the set knows
  CHECK(by.attest(honest_account(m), m.tpm) == level::untrusted);
  CHECK(by.reappraise(later(by.context())) == level::untrusted);
}

TEST_CASE("check 24: a policy file that is only in an increment is never taught") {
  const auto key = a_key();
  auto m = with_policy("measure");
  judge by{key, context_of(attested_policy, m, key)};
  REQUIRE(by.attest(honest_account(m), m.tpm) == level::trusted);
  m.measure(file_line("/etc/ima/ima-policy", "dont_measure"));
  by.attest(honest_account(m), m.tpm);
  CHECK(lesson_of(by) == nullptr);
}

TEST_CASE("the same content of the policy's file, read again, leaves an honest machine trusted") {
  const auto key = a_key();
  auto m = with_policy("measure");
  judge by{key, context_of(attested_policy, m, key)};
  for (int i = 0; i < 3; ++i) {
    CHECK(by.attest(honest_account(m), m.tpm) == level::trusted);
    CHECK(lesson_of(by) != nullptr);
    m.measure(file_line("/etc/ima/ima-policy", "measure"));
  }
}

TEST_CASE(
    "check 11: a PCR that moved while no set compared it fails once a set does, from the record alone") {
  const auto key = a_key();
  auto m = made_machine();
  constexpr std::uint32_t without_13 = 0x5b9d; // 0, 2, 3, 4, 7, 8, 9, 11, 12 and 14
  const auto narrow = context_of({"narrow", "version: 1\n", without_13}, m, key);
  const auto wide = context_of({"wide", "version: 1\n"}, m, key);
  judge by{key, narrow};
  REQUIRE(by.attest(honest_account(m), m.tpm) == level::trusted);
  m.tpm.extend(13, measured(as_bytes(std::string_view{"anything"})));
  CHECK(by.attest(honest_account(m), m.tpm) == level::warning); // at once, and whole logs are due
  CHECK(by.attest(honest_account(m), m.tpm) == level::warning);
  CHECK(by.reappraise(with_reference(narrow, wide->reference)) == level::untrusted);
}
