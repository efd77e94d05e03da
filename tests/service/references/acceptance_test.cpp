// Whose state may become a reference. What breaks if these fail: content of unknown origin becomes what a
// group is compared with.
#include "service/references/acceptance.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace muster;
using namespace muster::service;

namespace {

struct on_record {
  node_record node;
  node_state state;
  result<recorded_claims> claims{
      recorded_claims{appraisal::samples::verified(appraisal::samples::grub_machine()), {}}};

  on_record() {
    node.name = "web-1";
    node.group = "web";
    node.standing = standing::enrolled;
    node.level = endorsement::vendor;
    node.generation = {2};
    state.generation = {2};
    state.boot_claims.emplace();
    appraisal::samples::push_file(claims->files, "/usr/bin/ls", "ls");
  }
  result<appraisal::teachable> ask() const {
    return may_teach(node, state, claims, "web", appraisal::policy{});
  }
};

finding open_finding(std::string check, severity level, finding_kind kind) {
  finding out;
  out.check = std::move(check);
  out.level = level;
  out.kind = kind;
  return out;
}

} // namespace

TEST_CASE(
    "check 26: an open doubt about a machine's identity or evidence keeps it from teaching, and is named") {
  struct row {
    const char* said;
    errc code;
    std::function<void(on_record&)> make;
  };
  const row rows[] = {
      {"it is of group db, not of web", errc::denied, [](on_record& o) { o.node.group = "db"; }},
      {"it is pending", errc::denied, [](on_record& o) { o.node.standing = standing::pending; }},
      {"it is revoked", errc::denied, [](on_record& o) { o.node.standing = standing::revoked; }},
      {"let it attest first", errc::not_found, [](on_record& o) { o.state.boot_claims.reset(); }},
      {"let it attest first", errc::not_found, [](on_record& o) { o.state.generation = {1}; }},
      {"event.identity", errc::denied,
       [](on_record& o) {
         o.state.alarm = open_finding("event.identity", severity::failure, finding_kind::event);
       }},
      {"enrol it again", errc::denied, [](on_record& o) { o.state.must_enrol = true; }},
      {"not read", errc::io,
       [](on_record& o) {
         o.claims = fault{errc::io, "claims: not read"};
       }},
      {"only an operator", errc::denied, [](on_record& o) { o.node.level = endorsement::operator_approved; }},
      {"evidence.ima-log", errc::denied,
       [](on_record& o) {
         o.state.findings = {open_finding("evidence.ima-log", severity::failure, finding_kind::evidence)};
       }},
      {"event.kexec", errc::denied,
       [](on_record& o) {
         o.state.findings = {open_finding("event.kexec", severity::warning, finding_kind::event)};
       }},
      {"boot.unexplained", errc::denied,
       [](on_record& o) {
         o.state.findings = {open_finding("boot.unexplained", severity::failure, finding_kind::event)};
       }},
  };
  REQUIRE(on_record{}.ask().ok());
  for (const auto& r : rows) {
    CAPTURE(std::string{r.said});
    on_record one;
    r.make(one);
    const auto asked = one.ask();
    REQUIRE_FALSE(asked.ok());
    CHECK(asked.fault().code == r.code);
    CHECK_MESSAGE(asked.fault().check.find(r.said) != std::string::npos, asked.fault().check);
    if (r.code != errc::io) CHECK(asked.fault().check.find("node web-1") != std::string::npos);
  }
}

TEST_CASE("check 26: findings that a new reference settles do not prevent acceptance") {
  on_record upgraded;
  upgraded.state.findings = {open_finding("ima.unknown-file", severity::failure, finding_kind::claim),
                             open_finding("boot.pcr-4", severity::failure, finding_kind::claim),
                             open_finding("event.kexec", severity::note, finding_kind::event)};
  CHECK(upgraded.ask().ok());
}
