// What breaks if these fail: evidence from before a machine was cut off is forgotten, or counts against a
// machine that has since changed;
// or an increment lets a machine pass under a set that its record was never compared with.
#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/verdict/evidence_finding.hpp"
#include "standing/attestation_change.hpp"
#include "tests/standing/on_record.hpp"

using namespace muster;
using namespace muster::service;

namespace {

constexpr boot_id this_boot{{7}};

/// A trusted machine of group "web" whose attestation 50 is on record, with the context of its decisions.
class decided_machine {
public:
  decided_machine() {
    node.id.raw[0] = 1;
    node.standing = standing::enrolled;
    node.generation = {3};
    node.group = "web";
    state.number = {50};
    state.boot = this_boot;
    state.verdict = verdict::affirming;
    state.boot_claims = bytes32{1};
    state.appraisal_version = 4;
    auto made = std::make_shared<appraisal_context>();
    made->group = "web";
    made->version = 4;
    made->policy = std::make_shared<const appraisal::policy>();
    context = made;
  }

  /// A request for attestation 51 in the newest session.
  decision_request request(appraisal::attestation_end end, std::vector<finding> found) const {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = end;
    outcome->what = end == appraisal::attestation_end::verified ? appraisal::occasion::increment
                                                                : appraisal::occasion::failed;
    if (end == appraisal::attestation_end::verified) outcome->boot.emplace().boot = this_boot;
    outcome->findings = std::move(found);
    decision_request out;
    out.node = node.id;
    out.number = {51};
    out.context = context;
    out.outcome = std::move(outcome);
    out.evidence = std::make_shared<const node_evidence>();
    out.boot = this_boot;
    out.of = node.generation;
    out.group = node.group;
    return out;
  }

  /// An attestation that was given up early, by a session that is no longer the newest.
  decision_request late(std::uint64_t number) const {
    auto out = request(appraisal::attestation_end::failed, {doubt()});
    out.number = {number};
    out.bad_news = true;
    return out;
  }

  static finding doubt() { return appraisal::evidence_finding({errc::mismatch, "quote: signature"}); }

  result<attestation_change> takes(const decision_request& asked) const {
    decision_setting setting;
    setting.newest_session = newest_session;
    setting.context = context;
    setting.now.wall = {1'000'000};
    const decision_ports ports{
        [](const node_ptr& same, byte_view) { return same; }, [](const node_state&) { return bytes{}; },
        [this](const node_record&, const node_state&, const context_ptr&) { return appraised; }};
    result<attestation_change> out{fault{errc::internal, "nobody decided"}};
    muster::testing::look_at(
        node, state, [&](const settled_node& at) { out = take_attestation(at, asked, setting, ports); });
    return out;
  }

  node_record node;
  node_state state;
  context_ptr context;
  bool newest_session = true;
  /// The outcome of appraising the record again.
  result<appraisal::reappraisal> appraised{fault{errc::io, "claims: cannot be read"}};
};

bool has_news(const attestation_change& made, std::string_view event) {
  return std::ranges::any_of(made.change.news, [&](const node_news& one) { return one.event == event; });
}

} // namespace

TEST_CASE("check 17: late bad news counts for its own boot and identity, and for no other") {
  decided_machine m;
  m.newest_session = false;
  struct {
    const char* what;
    std::uint64_t number;
    boot_id boot;
    generation of;
    bool counts;
  } const table[] = {
      {"a newer attestation of the same boot is on record", 49, this_boot, {3}, true},
      {"of a boot that a newer attestation left behind", 49, {{6}}, {3}, false},
      {"of another boot, and nothing newer is on record", 51, {{8}}, {3}, true},
      {"of an older identity", 51, this_boot, {2}, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    auto late = m.late(row.number);
    late.boot = row.boot;
    late.of = row.of;
    const auto made = m.takes(late);
    REQUIRE(made.ok() == row.counts);
    if (made) CHECK(made->answer.state->verdict == verdict::contraindicated);
    if (made) CHECK(made->answer.state->number == m.state.number); // the newest attestation stays the newest
    if (!made) CHECK(made.fault().code == errc::conflict);
  }
}

TEST_CASE("check 17: from an older session or number, good news is dropped and bad news counts") {
  using appraisal::attestation_end;
  for (const bool newest : {false, true}) {
    decided_machine m;
    m.newest_session = newest;
    auto good = m.request(attestation_end::verified, {});
    auto bad = m.request(attestation_end::failed, {decided_machine::doubt()});
    if (newest) good.number = bad.number = {50}; // on record already
    m.state.policy = m.context->policy_digest; // judged by what is in force: nothing else stops the good one
    const auto dropped = m.takes(good);
    REQUIRE_FALSE(dropped.ok());
    CHECK(dropped.fault().code == errc::conflict);
    good.number = {51};
    m.newest_session = true;
    CHECK(m.takes(good).ok()); // of the newest session and number it counts
    const auto made = m.takes(bad);
    REQUIRE(made.ok());
    CHECK(made->answer.state->verdict == verdict::contraindicated);
  }
}

TEST_CASE("check 17: an increment is decided on a record that was judged by the same rules") {
  using appraisal::attestation_end;
  decided_machine m;
  m.state.appraisal_version = 3; // of an older set
  SUBCASE("a record that fails the newer set stays bad, and the increment does not hide it") {
    appraisal::reappraisal bad;
    bad.findings.findings.emplace_back().kind = finding_kind::claim; // a failure
    bad.findings.total = 1;
    bad.verdict = verdict::contraindicated;
    m.appraised = bad;
    const auto made = m.takes(m.request(attestation_end::verified, {}));
    REQUIRE(made.ok());
    CHECK(made->answer.state->verdict == verdict::contraindicated);
    CHECK(made->answer.state->findings.size() == 1);
  }
  SUBCASE("a record that cannot be read: good news is refused") {
    const auto good = m.takes(m.request(attestation_end::verified, {}));
    REQUIRE_FALSE(good.ok());
    CHECK(good.fault().code == errc::io);
  }
  SUBCASE("a record that cannot be read: bad news counts") {
    const auto bad = m.takes(m.request(attestation_end::failed, {decided_machine::doubt()}));
    REQUIRE(bad.ok());
    CHECK(bad->answer.state->verdict == verdict::contraindicated);
    CHECK(bad->answer.state->number
          == m.state.number); // it counts as bad news only, so the newest attestation stays
    CHECK(has_news(*bad, "reappraisal.failed"));
  }
  SUBCASE("whole logs need no record") {
    auto request = m.request(attestation_end::verified, {});
    auto outcome = std::make_shared<appraisal::attestation_outcome>(*request.outcome);
    outcome->what = appraisal::occasion::new_boot;
    request.outcome = outcome;
    CHECK(m.takes(request).ok());
  }
}
