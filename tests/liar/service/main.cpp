// muster-liar-service: runs named cases and strategies of the liar again, through a real `ras` over TLS.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/liar/asserts.hpp"
#include "tests/liar/seed_range.hpp"
#include "tests/liar/service/hearing.hpp"

#include <cstdio>
#include <string_view>

namespace {

using namespace muster::liar;

struct wanted {
  std::string_view named;
  bool no_names = false;
  std::optional<seed_range> seeds;
  std::uint64_t every = 1;
};

int usage() {
  std::fputs(
      "Usage: muster-liar-service [--named TEXT] [--seeds A..B [--every N]]\n"
      "Without --seeds, or with --named: the named cases that have TEXT in their words.\n"
      "--seeds: strategies as muster-liar has them; those of campaigns are left out. --every: A, A+N, ...\n"
      "Exit status: 0 all is shown as it must be, 1 something is not, or could not be tried, 2 usage\n",
      stderr);
  return 2;
}

std::vector<plea> pleas_of(const wanted& what, stage& on) {
  auto out = what.no_names ? std::vector<plea>{} : named_pleas(what.named, on);
  if (what.seeds)
    for (auto seed = what.seeds->from; seed <= what.seeds->to; seed += what.every)
      if (auto one = plea_of(seed, on)) out.push_back(*std::move(one));
  return out;
}

int run(const wanted& what) {
  stage on;
  const auto all = pleas_of(what, on);
  std::size_t failed = 0;
  for (std::span<const plea> rest{all}; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), most_lives));
    rest = rest.subspan(some.size());
    const auto heard = hear(some, on);
    if (!heard) {
      std::fprintf(stderr, "%s\n", heard.fault().check.c_str());
      return 1;
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto& [seen, failure] = (*heard)[i];
      failed += failure.empty() ? 0 : 1;
      std::printf("%s %s: %s%s%s\n", failure.empty() ? "ok    " : "FAILED", some[i].words.c_str(),
                  seen.c_str(), failure.empty() ? "" : "\n       ", failure.c_str());
    }
  }
  std::printf("%zu lives through the service, %zu failed\n", all.size(), failed);
  return failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  doctest::Context context;
  end_on_failed_asserts(context);
  wanted what;
  bool named = false;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view word{argv[i]};
    const std::string_view value{argv[i + 1]};
    if (word == "--named") {
      what.named = value;
      named = true;
    } else if (word == "--seeds") {
      what.seeds = seed_range_of(value);
      if (!what.seeds) return usage();
    } else if (word == "--every") {
      what.every = std::strtoull(argv[i + 1], nullptr, 10);
    } else {
      return usage();
    }
  }
  if (argc % 2 == 0 || what.every == 0 || (what.every > 1 && !what.seeds)) return usage();
  what.no_names = what.seeds && !named;
  return run(what);
}
