// Whose state may become a reference. What breaks if these fail: what nobody can explain becomes what a group
// is compared with.
#include "service/references/acceptance.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

finding open_finding(std::string check, severity level, finding_kind kind) {
  finding out;
  out.check = std::move(check);
  out.level = level;
  out.kind = kind;
  return out;
}

} // namespace

TEST_CASE("findings that a new reference settles do not stand in the way, others do") {
  node_record node;
  node.standing = standing::enrolled;
  node.level = endorsement::vendor;
  node_state state;
  state.boot_claims.emplace();
  struct row {
    finding open;
    bool may;
  };
  const row rows[] = {
      {open_finding("ima.unknown-file", severity::failure, finding_kind::claim), true},
      {open_finding("boot.unexplained", severity::note, finding_kind::claim), true},
      {open_finding("boot.unexplained", severity::warning, finding_kind::claim), false},
      {open_finding("boot.unexplained", severity::failure, finding_kind::claim), false},
      {open_finding("boot.unexplained", severity::failure, finding_kind::event), false},
      {open_finding("event.kexec", severity::note, finding_kind::event), true},
      {open_finding("event.kexec", severity::warning, finding_kind::event), false},
      {open_finding("evidence.ima-log", severity::failure, finding_kind::evidence), false},
  };
  REQUIRE(may_be_reference(node, state).ok());
  for (const auto& r : rows) {
    CAPTURE(r.open.check);
    state.findings = {r.open};
    CHECK(may_be_reference(node, state).ok() == r.may);
  }
}
