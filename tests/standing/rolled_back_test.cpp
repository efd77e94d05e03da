// What breaks if this fails: a service that has lost records grants new trust.
#include "appraisal/attestation/attestation_outcome.hpp"
#include "standing/decision.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

decided decided_with(lease_rule leases, const node_state& before, std::uint64_t after_loss = 0) {
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = appraisal::attestation_end::verified;
  outcome->what = appraisal::occasion::new_boot;
  outcome->boot.emplace();
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  decision_request request;
  request.number = {2};
  request.challenged = {900};
  request.context = std::move(context);
  request.outcome = std::move(outcome);
  node_record node;
  node.level = endorsement::vendor;
  decision_rules rules;
  rules.leases = leases;
  rules.after_loss = after_loss;
  return decide(before, node, request, rules, {boot_id{}, {1000}, {1'700'000'000'000}});
}

} // namespace

TEST_CASE("while the records are rolled back an attestation is decided, but gives no lease") {
  node_state before;
  before.lease = make_lease({boot_id{}, {800}, {}}, std::chrono::hours{1});
  before.valid_until = {1'700'000'100'000};
  const moment now{boot_id{}, {1000}, {1'700'000'000'000}};
  const auto given = decided_with(lease_rule::given, before);
  CHECK(freshness_of(given.state.lease, now) == freshness::fresh);
  CHECK(given.state.valid_until.milliseconds != 0);

  const auto withheld = decided_with(lease_rule::withheld, before);
  CHECK(freshness_of(withheld.state.lease, now) == freshness::stale);
  CHECK(withheld.state.valid_until.milliseconds == 0);
  CHECK(withheld.state.attested == now.wall);
  CHECK(withheld.state.verdict == given.state.verdict);
}

TEST_CASE("check 33: a lease names the loss of records that had last been acknowledged") {
  CHECK(decided_with(lease_rule::given, {}, 42).state.lease.after_loss == 42);
}
