#include "tests/simulation/life.hpp"

#include <doctest/doctest.h>

namespace {

using namespace muster;
using namespace muster::simulation;

std::string live(std::uint64_t seed) { return life{seed, plot_of(seed), {}}.run(); }

} // namespace

// `./run simulate` for more of them.
TEST_CASE("check 30: no order of messages, failures, crashes and orders shows or stores what it must not") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const auto wrong = live(seed);
    CHECK_MESSAGE(wrong.empty(), "seed " << seed << ": " << wrong);
  }
}

TEST_CASE("a seed replays exactly") {
  for (const std::uint64_t seed : {11, 12, 13}) {
    const auto trace = [&] {
      std::string out;
      life one{seed, plot_of(seed),
               runtime::log::to([&](std::string_view line) { out += line; }, runtime::log_level::debug)};
      (void)one.run();
      return out + std::to_string(one.steps());
    };
    CHECK(trace() == trace());
  }
}
