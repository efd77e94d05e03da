#include "tpm/evidence/counters.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

TEST_CASE("check 10: counters and clock show what happened between two quotes") {
  struct row {
    const char* what;
    clock_info previous;
    clock_info now;
    boot_change expected;
  };
  constexpr bool safe = true;
  constexpr bool unsafe = false;
  const row rows[]{
      {"the very same", {500, 4, 2, safe}, {500, 4, 2, safe}, boot_change::same_boot},
      {"later", {500, 4, 2, safe}, {501, 4, 2, safe}, boot_change::same_boot},
      {"later, after a power cut", {500, 4, 2, unsafe}, {900, 4, 2, unsafe}, boot_change::same_boot},
      {"became safe", {500, 4, 2, unsafe}, {900, 4, 2, safe}, boot_change::same_boot},

      {"resumed", {500, 4, 2, safe}, {501, 4, 3, safe}, boot_change::resumed},
      {"resumed twice", {500, 4, 2, safe}, {600, 4, 4, safe}, boot_change::resumed},
      {"resumed, clock repeats", {500, 4, 2, safe}, {400, 4, 3, unsafe}, boot_change::resumed},
      {"resumed, clock fell", {500, 4, 2, safe}, {400, 4, 3, safe}, boot_change::went_back},

      {"reset", {500, 4, 2, safe}, {600, 5, 0, safe}, boot_change::new_boot},
      {"reset twice, restarted", {500, 4, 2, safe}, {600, 6, 3, safe}, boot_change::new_boot},
      {"power cut: the clock repeats", {500, 4, 2, safe}, {400, 5, 0, unsafe}, boot_change::new_boot},
      {"reset, clock fell", {500, 4, 2, safe}, {499, 5, 0, safe}, boot_change::went_back},

      {"clock fell within a boot", {500, 4, 2, safe}, {499, 4, 2, safe}, boot_change::went_back},
      {"clock fell within a boot, unsafe", {500, 4, 2, unsafe}, {499, 4, 2, unsafe}, boot_change::went_back},
      {"restartCount fell", {500, 4, 2, safe}, {600, 4, 1, safe}, boot_change::went_back},
      {"restartCount fell, unsafe", {500, 4, 2, safe}, {600, 4, 1, unsafe}, boot_change::went_back},
      {"resetCount fell", {500, 4, 2, safe}, {600, 3, 9, safe}, boot_change::went_back},
      {"cleared", {500, 4, 2, safe}, {1, 0, 0, safe}, boot_change::went_back},
      {"wrapped round", {500, 0xffffffff, 0, safe}, {600, 0, 0, safe}, boot_change::went_back},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    CHECK(compare_counters(r.previous, r.now) == r.expected);
  }
}

TEST_CASE("check 10: the default result of comparing counters is the worst one") {
  CHECK(boot_change{} == boot_change::went_back);
}
