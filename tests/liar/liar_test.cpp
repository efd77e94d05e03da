// The attacker is root on the machine. Whatever it tells, it is shown no better than the honest logs of the
// same machine would be.
#include "tests/liar/badness.hpp"
#include "tests/liar/known_open.hpp"
#include "tests/liar/named_case.hpp"
#include "tests/liar/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace muster::liar {

namespace {

const open_case* open_case_of(std::string_view words) {
  const auto at = std::ranges::find(open_cases(), words,
                                    [](const open_case& one) { return std::string_view{one.words}; });
  return at == open_cases().end() ? nullptr : &*at;
}

/// A case must pass, unless it is listed as open; then it must fail.
void settle(std::string_view words, const std::string& failure) {
  CAPTURE(words);
  const auto* open = open_case_of(words);
  if (open == nullptr)
    CHECK_MESSAGE(failure.empty(), "HOLE: " << words << "\n    " << failure);
  else
    CHECK_MESSAGE(!failure.empty(),
                  "MENDED: " << words
                             << ": the case no longer works; remove its line from tests/liar/known_open.cpp");
}

} // namespace

TEST_CASE("a good machine is shown as trusted under every policy that it can satisfy") {
  auto& on = shared_stage();
  for (std::size_t cast = 0; cast < on.casts(); ++cast) {
    if (on.good(cast).name == "measures nothing") continue; // honest, but not good
    for (const auto* law : {"default", "known-only"}) {
      CAPTURE(on.good(cast).name);
      CAPTURE(std::string{law});
      CHECK(on.acquainted(cast, law_named(law)).by.shown() == level::trusted);
    }
  }
  for (const auto* law : {"strict", "servers", "structure", "sha1-list"}) {
    CAPTURE(std::string{law});
    const auto& known = on.acquainted(on.cast_named("grub-sb"), law_named(law)).by;
    for (const auto& one : known.state().findings)
      if (one.level != severity::note) MESSAGE(one.check << " " << one.subject << " " << one.sentence);
    CHECK(known.shown() == level::trusted);
  }
}

TEST_CASE("no named lie makes a bad machine look better than its honest logs do") {
  for (const auto& one : named_cases()) {
    const auto where = scene_of(one, shared_stage());
    const auto is = truth_of(shared_stage(), where);
    CAPTURE(std::string{one.words});
    REQUIRE(!is.honest.empty());
    CHECK_MESSAGE(honest_is_bad(is.honest),
                  one.words << ": the honest machine is shown as trusted, so this case proves nothing");
    const auto lied = play(shared_stage(), where, one.lie);
    settle(one.words, first_above(lied, is) == nullptr
                          ? std::string{}
                          : "lied: " + to_string(lied) + "; honest: " + to_string(is.honest));
  }
}

TEST_CASE("honest evidence of a bad machine is shown as bad") {
  for (const auto& one : honest_cases()) {
    const auto honest =
        play(shared_stage(),
             scene_of({one.words, one.cast, one.law, one.badness, plot::fell, nullptr}, shared_stage()), {});
    REQUIRE(!honest.empty());
    settle(one.words, honest.front().what <= one.at_most ? std::string{} : "shown: " + to_string(honest));
  }
}

TEST_CASE("each entry of the list of open cases names a case or a move that exists") {
  for (const auto& one : open_cases()) {
    CAPTURE(std::string{one.words});
    CHECK((std::ranges::any_of(named_cases(),
                               [&](const auto& c) { return std::string_view{c.words} == one.words; })
           || std::ranges::any_of(honest_cases(),
                                  [&](const auto& c) { return std::string_view{c.words} == one.words; })));
    CHECK(std::string_view{one.reason} != "");
  }
  (void)open_moves(); // fails on an unknown move
}

TEST_CASE("no combination of lies makes a bad machine look better than its honest logs do") {
  constexpr std::uint64_t seeds = 3200; // `./run liar` tries many more
  search s{shared_stage(), open_moves()};
  for (const auto& one : open_move_lines())
    MESSAGE("left out: " << one.move << ": " << one.reason);
  unsigned found = 0;
  for (std::uint64_t seed = 0; seed < seeds && found < 5; ++seed)
    if (const auto bad = s.try_seed(seed)) {
      ++found;
      FAIL_CHECK("seed " << seed << ": " << to_string(*bad, shared_stage()));
    }
  const auto& t = s.so_far();
  MESSAGE("tried " << t.tried << ", nothing to hide in " << t.good_anyway << ", skipped " << t.skipped);
  CHECK(t.tried > seeds / 20);
}

TEST_CASE("a silent machine is never shown better than before, and stale when the lease ends") {
  auto& on = shared_stage();
  const auto cast = on.cast_named("grub-sb, 10 files");
  auto good = on.acquainted(cast, law_named("default"));
  REQUIRE(good.by.shown() == level::trusted);
  CHECK(good.by.wait_for_lease_end() == level::unknown);
  CHECK(good.by.reappraise(later(good.by.context())) == level::unknown);
  // A report before the silence, good or bad, never counts for more after it.
  unsigned heard_bad = 0;
  for (const auto& bad : all_badness()) {
    auto player = on.acquainted(cast, law_named("default"));
    if (!bad.befall(player.m)) continue;
    if (bad.when == happens::at_boot) player.m.power_on();
    CAPTURE(std::string{bad.name});
    const auto heard = player.by.attest(honest_account(player.m), player.m.tpm);
    const auto most = std::min(heard, level::unknown);
    heard_bad += heard == level::untrusted ? 1 : 0;
    CHECK(player.by.wait_for_lease_end() <= most);
    CHECK(player.by.reappraise(later(player.by.context())) <= most);
    CHECK(player.by.shown() <= most);
  }
  CHECK(heard_bad > all_badness().size() / 2);
}

TEST_CASE("the same seed gives the same strategy") {
  auto& on = shared_stage();
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    CHECK(to_string(strategy_of(seed, on), on) == to_string(strategy_of(seed, on), on));
}

} // namespace muster::liar
