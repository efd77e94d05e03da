// What breaks if these fail: a machine that reports endlessly makes every other machine wait.
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

namespace {

frame report(std::uint64_t id) {
  return agent([&](auto out) {
    auto in = out.initReport();
    in.setId(id);
    in.setOutcome(wire::Report::Outcome::DONE);
  });
}

/// The number of reports that are taken before the session ends.
std::size_t taken_by(agent_protocol& session) {
  for (std::size_t taken = 0; taken < 10'000; ++taken) {
    const auto effects = session.on_frame(report(taken), {1});
    if (effects.close) return taken;
    REQUIRE(effects.reports.size() == 1);
  }
  return 10'000;
}

} // namespace

TEST_CASE("check 25: a session accepts as many reports as an agent can owe, and ends at one more") {
  constexpr std::size_t errands_of_an_agent = 256;
  auto session = ready();
  CHECK(taken_by(session) == 4 * errands_of_an_agent);
  CHECK(session.on_frame(report(1), {1}).reports.empty());
}

TEST_CASE("check 25: commands that a session sends out may be reported on in it, and again each time they "
          "are repeated") {
  auto session = ready();
  REQUIRE_FALSE(session.on_frame(report(1), {1}).close);
  command_record order;
  order.id = {7};
  order.kind = command_kind::reconfigure;
  order.deadline = {60'000};
  session.on_due({order, order});
  CHECK(taken_by(session) == 1023);
  auto other = ready();
  other.on_due({order, order});
  (void)other.on_frame(beat(1), {2});
  CHECK(taken_by(other) == 1024 + 8);
}
