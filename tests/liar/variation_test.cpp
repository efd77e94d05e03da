// What honest machines do never makes a good one look worse.
#include "tests/liar/honest_life.hpp"
#include "tests/liar/led_campaign.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

namespace {

constexpr const char* laws_of_good[] = {"default", "known-only", "sha1-list"};

} // namespace

TEST_CASE("variations of honest machines never make a good machine look worse") {
  auto& on = shared_stage();
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    dice d{seed};
    const auto cast = d.below(on.small_casts());
    honest_life one{on.acquainted(cast, law_named(d.of(laws_of_good)))};
    for (auto steps = 1 + d.below(6); steps > 0; --steps)
      one.vary(on.good(cast), d);
    CHECK_MESSAGE(one.wrong().empty(), "seed " << seed << ": " << one.wrong());
  }
}

TEST_CASE("variations of honest machines do no harm during an upgrade of their group, or afterwards") {
  auto& on = shared_stage();
  unsigned upgraded = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    dice d{seed};
    const auto cast = d.below(on.small_casts());
    const auto law = law_named(d.of(laws_of_good));
    const auto way = d.below(upgrades().size());
    const auto* next = on.next(cast, way);
    if (next == nullptr) continue;
    honest_life one{on.acquainted(cast, law)};
    led_campaign campaign{one.by().context(), one.by().now()};
    REQUIRE(campaign.propose(on.next_set(cast, law, way)));
    one.judge_by(campaign.stage());
    one.vary(on.good(cast), d);
    // New files are installed while old ones are in use.
    one.upgrade(upgrades()[way], version::running);
    one.vary(on.good(cast), d);
    one.upgrade(upgrades()[way], version::next);
    one.vary(d.one_in(2) ? on.good(cast) : *next, d);
    // After this the record has none of the old files.
    one.reboot();
    one.judge_by(campaign.end(d.one_in(2) ? ending::enforced : ending::undone));
    for (auto steps = d.below(4); steps > 0; --steps)
      one.vary(*next, d);
    CHECK_MESSAGE(one.wrong().empty(), "seed " << seed << ": " << one.wrong());
    ++upgraded;
  }
  CHECK(upgraded > 100);
}

} // namespace muster::liar
