// What breaks if this fails: one thing that hangs holds up the whole checkup.
#include "checkup/probe/bounded.hpp"
#include "checkup/probe/own_process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sstream>
#include <unistd.h>

using namespace muster::checkup;
using namespace std::chrono_literals;

TEST_CASE("check 47: a look that hangs is given up, and the others are still taken") {
  auto forever = std::make_shared<std::promise<int>>();
  auto hangs = begin_look(50ms, [forever] { return forever->get_future().get(); });
  auto works = begin_look(60s, [] { return 7; });
  CHECK_FALSE(hangs.take());
  CHECK(works.take() == 7);
  forever->set_value(0);
}

TEST_CASE("check 47: a checkup that hangs after its report keeps nobody") {
  std::ostringstream out;
  std::ostringstream err;
  const int status = in_own_process(
      [] {
        auto hangs = begin_look(50ms, [] { return ::pause(); });
        return report{hangs.take() ? 0 : 1, "a line\n"};
      },
      out, err);
  CHECK(status == 1);
  CHECK(out.str() == "a line\n");
  CHECK(err.str().empty());
}

TEST_CASE("the report of a checkup is its status and its text, of any length") {
  const std::string all(300'000, 'x');
  std::ostringstream out;
  std::ostringstream err;
  CHECK(in_own_process([&] { return report{0, all}; }, out, err) == 0);
  CHECK(out.str() == all);
  out.str({});
  CHECK(in_own_process([] { return report{1, {}}; }, out, err) == 1);
  CHECK(out.str().empty());
  CHECK(err.str().empty());
}

TEST_CASE("check 47: a checkup that dies is not in order") {
  std::ostringstream out;
  std::ostringstream err;
  CHECK(in_own_process(
            []() -> report {
              ::raise(SIGKILL);
              return {0, "never"};
            },
            out, err)
        == 1);
  CHECK(out.str().empty());
  CHECK(err.str() == "checkup: it ended without a report\n");
}
