// muster-simulation: runs lives of the service, by seed.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/liar/asserts.hpp"
#include "tests/liar/seed_range.hpp"
#include "tests/simulation/life.hpp"

#include <chrono>
#include <cstdio>

namespace {

using namespace muster;
using namespace muster::simulation;

int usage() {
  std::fputs("Usage: muster-simulation --seeds A..B [--explain]\n", stderr);
  return 2;
}

int run(const liar::seed_range& seeds, bool explain) {
  const auto begun = std::chrono::steady_clock::now();
  std::uint64_t bad = 0;
  std::uint64_t steps = 0;
  for (auto seed = seeds.from; seed <= seeds.to; ++seed) {
    const auto what = plot_of(seed);
    const auto log = explain ? runtime::log::to(
                         [](std::string_view line) {
                           std::printf("  %.*s\n", static_cast<int>(line.size()), line.data());
                         },
                         runtime::log_level::debug)
                             : runtime::log{};
    if (explain)
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), to_string(what).c_str());
    life one{seed, what, log};
    const auto wrong = one.run();
    steps += one.steps();
    if (wrong.empty()) continue;
    ++bad;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), wrong.c_str());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("seeds %llu..%llu: %llu wrong; %llu steps, %.1f s\n",
              static_cast<unsigned long long>(seeds.from), static_cast<unsigned long long>(seeds.to),
              static_cast<unsigned long long>(bad), static_cast<unsigned long long>(steps), took.count());
  return bad == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  doctest::Context context;
  liar::end_on_failed_asserts(context);
  std::optional<liar::seed_range> seeds;
  bool explain = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    if (word == "--explain")
      explain = true;
    else if (word == "--seeds" && i + 1 < argc)
      seeds = liar::seed_range_of(argv[++i]);
    else
      return usage();
  }
  return seeds ? run(*seeds, explain) : usage();
}
