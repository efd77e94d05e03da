// muster-liar: tries the strategies of a range of seeds, for searches longer than a test.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/liar/asserts.hpp"
#include "tests/liar/badness.hpp"
#include "tests/liar/known_open.hpp"
#include "tests/liar/named_case.hpp"
#include "tests/liar/search.hpp"
#include "tests/liar/seed_range.hpp"

#include <chrono>
#include <cstdio>
#include <set>
#include <string_view>

namespace {

using namespace muster::liar;

int usage() {
  std::fputs("Usage: muster-liar --seeds A..B [--all] [--explain] | --named TEXT\n"
             "Tries the strategies of these seeds; --all also those with a move that is known to be open.\n"
             "--explain: what is found of each counterexample, with lies and without.\n"
             "--named: the same of each named case that has TEXT in its words.\n"
             "Exit status: 0 nothing found, 1 something found, 2 usage\n",
             stderr);
  return 2;
}

int run(const seed_range& seeds, bool all, bool explain) {
  stage on;
  search s{on, all ? std::vector<std::size_t>{} : open_moves()};
  std::set<std::string> kinds; // one example for each set of moves
  std::uint64_t found = 0;
  if (!all)
    for (const auto& one : open_move_lines())
      std::printf("left out: %s: %s\n", one.move, one.reason);
  const auto begun = std::chrono::steady_clock::now();
  for (auto seed = seeds.from; seed <= seeds.to; ++seed) {
    const auto bad = s.try_seed(seed);
    if (!bad) continue;
    ++found;
    std::set<std::string> names;
    for (const auto& one : bad->how.lies)
      names.insert(moves()[one.move].name);
    std::string kind;
    for (const auto& name : names)
      kind += name + ";";
    if (kinds.insert(kind).second)
      std::printf("seed %llu: %s\n%s", static_cast<unsigned long long>(seed), to_string(*bad, on).c_str(),
                  explain ? explained(bad->how.where, telling_of(bad->how.lies), on).c_str() : "");
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const auto& t = s.so_far();
  std::printf(
      "seeds %llu..%llu: tried %llu, nothing to hide in %llu, skipped %llu with a move that is known to be "
      "open; %llu shown better than the truth, by %zu sets of moves; %.1f s\n",
      static_cast<unsigned long long>(seeds.from), static_cast<unsigned long long>(seeds.to),
      static_cast<unsigned long long>(t.tried), static_cast<unsigned long long>(t.good_anyway),
      static_cast<unsigned long long>(t.skipped), static_cast<unsigned long long>(found), kinds.size(),
      took.count());
  return found == 0 ? 0 : 1;
}

int show_named(std::string_view text) {
  stage on;
  for (const auto& one : named_cases()) {
    if (std::string_view{one.words}.find(text) == std::string_view::npos) continue;
    const auto where = scene_of(one, on);
    std::printf("%s (%s)\n%s", one.words, to_string(where, on).c_str(),
                explained(where, one.lie, on).c_str());
  }
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  doctest::Context context;
  end_on_failed_asserts(context);
  std::optional<seed_range> seeds;
  bool all = false;
  bool explain = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    if (word == "--all")
      all = true;
    else if (word == "--explain")
      explain = true;
    else if (word == "--seeds" && i + 1 < argc)
      seeds = seed_range_of(argv[++i]);
    else if (word == "--named" && i + 1 < argc)
      return show_named(argv[++i]);
    else
      return usage();
  }
  return seeds ? run(*seeds, all, explain) : usage();
}
