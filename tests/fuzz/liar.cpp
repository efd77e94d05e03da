// The liar: whatever lies the bytes choose, a machine is shown no better than by its honest logs.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/liar/known_open.hpp"
#include "tests/liar/search.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

using namespace muster::liar;

namespace {

struct workshop {
  workshop() : by_seeds{on, open_moves()} {}
  stage on;
  search by_seeds;
};

workshop& shop() {
  // The model asserts that its own files are as expected.
  static doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  static workshop made;
  return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  auto& [on, by_seeds] = shop();
  const auto bad = by_seeds.try_one(strategy_of(muster::byte_view{input, size}, on));
  if (!bad) return 0;
  std::fprintf(stderr, "%s\n", to_string(*bad, on).c_str());
  std::abort();
}
