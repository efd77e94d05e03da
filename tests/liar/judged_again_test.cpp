// What is on record is judged again whenever a set or a policy changes. What breaks if these fail: a machine
// looks better by what a service remembers of it than by the evidence that it sent.
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

} // namespace

TEST_CASE(
    "check 23: a denied program stays denied when its machine is judged again, though the set knows it") {
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
