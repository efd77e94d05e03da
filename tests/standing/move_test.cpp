// What breaks if this fails: a machine that moved to another group keeps the verdict of its old one.
#include "standing/decision.hpp"
#include "standing/people_changes.hpp"
#include "tests/standing/on_record.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

const moment moved_at{boot_id{}, {1000}, {1'700'000'000'000}};

node_state trusted_by_another_group(verdict what) {
  node_state out;
  out.verdict = what;
  out.reference = bytes32{1};
  out.lease = make_lease({boot_id{}, {900}, {}}, std::chrono::hours{1});
  out.valid_until = {1'700'000'100'000};
  return out;
}

} // namespace

TEST_CASE("if the record cannot be judged again, a move ends verdict and lease, and leaves distrust") {
  appraisal_context context;
  context.version = 7;
  context.policy_digest = {9};
  for (const auto what : {verdict::affirming, verdict::warning, verdict::none}) {
    const auto after = take_move(trusted_by_another_group(what), context, moved_at.wall);
    CHECK(after.state.verdict == verdict::none);
    CHECK(freshness_of(after.state.lease, moved_at) == freshness::stale);
    CHECK(after.state.valid_until.milliseconds == 0);
    CHECK_FALSE(after.state.reference);
    CHECK(after.state.appraisal_version == 7);
    CHECK(after.verdict_changed == (what != verdict::none));
  }
  auto bad = trusted_by_another_group(verdict::contraindicated);
  bad.findings.resize(1);
  bad.findings_total = 1;
  const auto after = take_move(bad, context, moved_at.wall);
  CHECK(after.state.verdict == verdict::contraindicated);
  CHECK(after.state.findings.size() == 1);
}

TEST_CASE("a machine with a record that is too large to judge can be moved, and is untrusted there as well") {
  node_record node;
  node.standing = standing::enrolled;
  node.group = "web";
  auto state = trusted_by_another_group(verdict::affirming);
  state.boot_claims.emplace();
  appraisal_context context;
  context.group = "db";
  context.policy = std::make_shared<const appraisal::policy>();
  const auto moved_by = [&](errc why) {
    result<node_change> out{fault{errc::internal, "nobody moved it"}};
    muster::testing::look_at(node, state, [&](const settled_node& at) {
      out = move(
          at, "db", "ops", context,
          [&](const node_record&, const node_state&) -> result<appraisal::reappraisal> {
            return fault{why, "claims: more files than fit"};
          },
          moved_at.wall);
    });
    return out;
  };
  const auto moved = moved_by(errc::limit);
  REQUIRE_MESSAGE(moved.ok(), moved.fault().check);
  CHECK(moved->after.node->group == "db");
  CHECK(moved->after.state->verdict == verdict::contraindicated);
  // A record that cannot be read now may be judged later. Until then the machine stays in its group.
  CHECK(moved_by(errc::io).fault().code == errc::io);
}
