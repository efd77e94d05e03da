// What breaks if this fails: a machine whose clock is wrong is refused, and nobody is told that it is the clock.
#include "checkup/clock_line.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

constexpr std::uint64_t clock_time = 1'800'000'000'000; // 2027-01-15
constexpr std::uint64_t second = 1000;

} // namespace

TEST_CASE("the clock's gravest defect is the line") {
  struct {
    const char* what;
    clock_facts seen;
    outcome how;
    const char* words;
  } const cases[] = {
      {"right", {{clock_time}, true, {}, {}, {}}, outcome::good, "synchronised"},
      {"the kernel does not say", {{clock_time}, {}, {}, {}, {}}, outcome::good, "2027-01-15"},
      {"not synchronised", {{clock_time}, false, {}, {}, {}}, outcome::note, "not synchronised"},
      {"a dead battery", {{0}, true, {}, {}, {}}, outcome::bad, "long past"},
      {"1970 and a day", {{86'400'000}, false, {}, {}, {}}, outcome::bad, "1970-01-02"},
      {"before a head that is kept here",
       {{clock_time}, true, {clock_time + 61 * second}, "the head", {}},
       outcome::bad,
       "the head was signed later"},
      {"a head of a moment ago, by a clock a little ahead",
       {{clock_time}, true, {clock_time + 60 * second}, "the head", {}},
       outcome::good,
       "synchronised"},
      {"as the service's",
       {{clock_time}, true, {}, {}, wall_time{clock_time + 999}},
       outcome::good,
       "agrees"},
      {"a little apart",
       {{clock_time}, true, {}, {}, wall_time{clock_time - 30 * second}},
       outcome::good,
       "30 s ahead of"},
      {"as far as may be",
       {{clock_time}, true, {}, {}, wall_time{clock_time - 60 * second}},
       outcome::good,
       "60 s"},
      {"ahead of the service",
       {{clock_time}, true, {}, {}, wall_time{clock_time - 61 * second}},
       outcome::bad,
       "61 s ahead of"},
      {"behind the service",
       {{clock_time}, true, {}, {}, wall_time{clock_time + 3600 * second}},
       outcome::bad,
       "3600 s behind"},
      {"apart matters more than not synchronised",
       {{clock_time}, false, {}, {}, wall_time{clock_time + 90 * second}},
       outcome::bad,
       "90 s behind"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto line = judge_clock(one.seen);
    check_well_formed(line);
    CHECK(line.how == one.how);
    CHECK(says(line, one.words));
  }
}
