#include "appraisal/verdict/evidence_finding.hpp"
#include "appraisal/verdict/verdict.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

namespace {

std::vector<finding> with(severity level) {
  finding f;
  f.level = level;
  return {f};
}

} // namespace

TEST_CASE("the worst finding decides, the endorsement caps, and without a reference nothing is affirmed") {
  constexpr auto present = reference_state::present;
  constexpr auto absent = reference_state::absent;
  struct row {
    std::vector<finding> findings;
    endorsement level;
    reference_state reference;
    verdict expected;
  };
  const row rows[] = {
      {{}, endorsement::inventory, present, verdict::affirming},
      {{}, endorsement::vendor, present, verdict::affirming},
      {{}, endorsement::token, present, verdict::warning},
      {{}, endorsement::operator_approved, present, verdict::warning},
      {{}, endorsement::none, present, verdict::none},
      {{}, static_cast<endorsement>(77), present, verdict::none},
      {{}, endorsement::vendor, absent, verdict::none},
      {with(severity::note), endorsement::vendor, present, verdict::affirming},
      {with(severity::warning), endorsement::vendor, present, verdict::warning},
      {with(severity::warning), endorsement::token, present, verdict::warning},
      {with(severity::warning), endorsement::none, present, verdict::none},
      {with(severity::warning), endorsement::vendor, absent, verdict::none},
      {with(severity::failure), endorsement::vendor, present, verdict::contraindicated},
      {with(severity::failure), endorsement::vendor, absent, verdict::contraindicated},
      {with(severity::failure), endorsement::none, present, verdict::contraindicated},
      {with(static_cast<severity>(9)), endorsement::vendor, present, verdict::contraindicated},
  };
  for (const auto& r : rows)
    CHECK(verdict_of(r.findings, r.level, policy{}, r.reference) == r.expected);
  CHECK(verdict_of({}, endorsement::vendor, policy{}, static_cast<reference_state>(5)) == verdict::none);
}

TEST_CASE("a policy that would exclude everything, or trust machines without any endorsement, is refused") {
  CHECK(defect_of(policy{}).empty());
  for (const auto* prefix : {"", "/", "var", "/var/", "/var/../usr", "/usr", "/usr/lib/x"}) {
    policy p;
    p.exclude = {prefix};
    CHECK_FALSE(defect_of(p).empty());
  }
  policy p;
  p.cap[0] = verdict::affirming;
  CHECK_FALSE(defect_of(p).empty());
  p = {};
  p.of(judged_check::violation) = static_cast<severity>(7);
  CHECK_FALSE(defect_of(p).empty());
}

TEST_CASE("a prefix matches whole path components only") {
  CHECK(under("/var/log", "/var/log"));
  CHECK(under("/var/log/a", "/var/log"));
  CHECK_FALSE(under("/var/logs", "/var/log"));
  CHECK_FALSE(under("/var/lo", "/var/log"));
  CHECK_FALSE(under("var/log", "/var/log"));
  CHECK_FALSE(under("/var/log/../x", "/var/log"));
  CHECK(under("/var/log/..x/y", "/var/log"));
  CHECK_FALSE(under("/x", ""));
}

TEST_CASE("a verification fault becomes an evidence finding that fails") {
  const auto f = evidence_finding({errc::mismatch, "quote: signature does not hold"});
  CHECK(f.kind == finding_kind::evidence);
  CHECK(f.level == severity::failure);
  CHECK(f.check == "evidence.quote");
  CHECK_FALSE(f.remedy.empty());
  CHECK(evidence_finding({errc::limit, "No name \x1b here"}).check == "evidence.limit");
}

TEST_CASE("honest evidence that this service cannot read is a failure that names the cause and the remedy") {
  struct row {
    const char* fault;
    const char* remedy;
  };
  const row rows[] = {
      {"ima-log: entry 1: unknown template \"n-ng|d-ng\"", "ima_template=ima-ng"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.fault);
    const auto f = evidence_finding({errc::unsupported, one.fault});
    CHECK(f.level == severity::failure);
    CHECK(f.check == "evidence.ima-log");
    CHECK(f.sentence.find("did not verify") == std::string::npos);
    CHECK(f.sentence.find("cannot read") != std::string::npos);
    CHECK(f.sentence.find(one.fault) != std::string::npos);
    CHECK(f.remedy.find(one.remedy) != std::string::npos);
  }
}

TEST_CASE("for a list that is too long, the finding says which limit to raise, not what to compare") {
  for (const auto& [check, remedy] :
       {std::pair{"ima-log: more than 4194304 bytes",
                  "limits.evidence_memory (one list may use a quarter of it"},
        std::pair{"ima-log: more than 100 entries", "raise limits.log_entries"}}) {
    const auto f = evidence_finding({errc::limit, check});
    CHECK(f.check == "evidence.ima-log");
    CHECK_MESSAGE(f.remedy.find(remedy) != std::string::npos, f.remedy);
    CHECK(f.remedy.find("kexec") == std::string::npos);
  }
  CHECK(evidence_finding({errc::mismatch, "ima-log: more than was quoted"}).remedy.find("kexec")
        != std::string::npos);
}
