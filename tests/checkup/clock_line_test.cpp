// What breaks if this fails: a machine whose clock is wrong is refused, and nobody is told that it is the clock.
#include "checkup/clock_line.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

constexpr std::uint64_t now = 1'800'000'000'000; // 2027-01-15
constexpr std::uint64_t second = 1000;

} // namespace

TEST_CASE("the clock's gravest defect is the line") {
  struct {
    const char* what;
    clock_facts seen;
    outcome how;
    const char* words;
  } const cases[] = {
      {"right", {{now}, true, {}, {}, {}}, outcome::good, "synchronised"},
      {"the kernel does not say", {{now}, {}, {}, {}, {}}, outcome::good, "2027-01-15"},
      {"not synchronised", {{now}, false, {}, {}, {}}, outcome::note, "not synchronised"},
      {"a dead battery", {{0}, true, {}, {}, {}}, outcome::bad, "long past"},
      {"1970 and a day", {{86'400'000}, false, {}, {}, {}}, outcome::bad, "1970-01-02"},
      {"before a head that is kept here",
       {{now}, true, {now + 61 * second}, "the head", {}},
       outcome::bad,
       "the head was signed later"},
      {"a head of a moment ago, by a clock a little ahead",
       {{now}, true, {now + 60 * second}, "the head", {}},
       outcome::good,
       "synchronised"},
      {"as the service's", {{now}, true, {}, {}, wall_time{now + 999}}, outcome::good, "agrees"},
      {"a little apart", {{now}, true, {}, {}, wall_time{now - 30 * second}}, outcome::good, "30 s ahead of"},
      {"as far as may be", {{now}, true, {}, {}, wall_time{now - 60 * second}}, outcome::good, "60 s"},
      {"ahead of the service",
       {{now}, true, {}, {}, wall_time{now - 61 * second}},
       outcome::bad,
       "61 s ahead of"},
      {"behind the service",
       {{now}, true, {}, {}, wall_time{now + 3600 * second}},
       outcome::bad,
       "3600 s behind"},
      {"apart matters more than not synchronised",
       {{now}, false, {}, {}, wall_time{now + 90 * second}},
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
