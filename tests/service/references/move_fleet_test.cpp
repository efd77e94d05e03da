// Machines that people move between groups. What breaks if these fail: a machine is trusted in a group
// because of another group's reference, or its name leads people to another machine.
#include "service/cache/show.hpp"
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

/// Three trusted machines of group web.
struct trusted_fleet : simulated_fleet {
  trusted_fleet() : simulated_fleet{3} {
    attest_all();
    REQUIRE(accept(machines[0]).ok());
    clock->pass(std::chrono::seconds{1});
    attest_all();
    REQUIRE(verdicts()[verdict::affirming] == machines.size());
  }

  /// As people see it.
  display shown(const machine& one) const {
    known_node out;
    out.node = node_of(one);
    out.state = state_of(one);
    return display_of(out, {clock->boot(), clock->since_boot(), clock->wall()});
  }
  /// Gives up after a minute.
  bool becomes(const machine& one, display wanted) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (shown(one) != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return shown(one) == wanted;
  }
  service::node_record node_of(const machine& one) const {
    return node_from(one.id, reader().get<tables::nodes>(one.id).value()).value();
  }
  /// "action: text" of the records of the log from `first` on.
  std::vector<std::string> logged(std::uint64_t first) const {
    std::vector<std::string> out;
    const auto leaves = reader().log_leaves(first, 100).value();
    for (const auto& one : leaves)
      one.record->read([&](records::AuditEntry::Reader in) {
        out.push_back(std::string{text_of(in.getAction())} + ": " + std::string{text_of(in.getText())});
      });
    return out;
  }
};

} // namespace

TEST_CASE("a machine that is moved is judged by its new group's reference at once, without new evidence") {
  trusted_fleet fleet;
  auto& moved = fleet.machines[1];
  auto& other = fleet.machines[2];
  REQUIRE(fleet.shown(moved) == display::trusted);
  const auto before = fleet.reader().log_size().value().leaves;

  // There is no reference there: the running lease is from another group's verdict, and counts for nothing.
  REQUIRE(fleet.move(moved, "db").ok());
  CHECK(fleet.shown(moved) == display::unknown);
  CHECK(fleet.node_of(moved).group == "db");
  CHECK_FALSE(fleet.state_of(moved).reference);
  CHECK(fleet.logged(before)
        == std::vector<std::string>{"verdict: affirming -> none, moved to group db", "group: web -> db"});

  // The reference of db differs: a machine that comes from web is untrusted at once.
  moved.files["/usr/bin/program-0"] = 2;
  moved.reboot();
  fleet.attest({&moved});
  REQUIRE(fleet.accept_for("db", moved).ok());
  CHECK(fleet.becomes(moved, display::trusted)); // re-appraised in the background
  REQUIRE(fleet.move(other, "db").ok());
  CHECK(fleet.shown(other) == display::untrusted);

  // And back: web's reference knows what is recorded of its boot.
  REQUIRE(fleet.move(other, "web").ok());
  CHECK(fleet.shown(other) == display::trusted);
  REQUIRE(fleet.move(moved, "web").ok());
  CHECK(fleet.shown(moved) == display::untrusted);
}

TEST_CASE("an attestation that was judged for a machine's former group gives no lease and no verdict") {
  trusted_fleet fleet;
  auto& moved = fleet.machines[1];
  fleet.open(moved);
  REQUIRE(moved.context->group == "web");
  REQUIRE(fleet.move(moved, "db").ok());
  const auto after_move = fleet.state_of(moved);
  // Challenged before the move and judged by web's reference, it would be trusted.
  const auto late = fleet.attest_on_open(moved);
  REQUIRE_FALSE(late.ok());
  CHECK(late.fault().code == errc::conflict);
  CHECK(fleet.state_of(moved).number == after_move.number);
  CHECK(fleet.shown(moved) == display::unknown);
}

TEST_CASE("check 30: evidence that was challenged before its group had its own set still counts") {
  trusted_fleet fleet;
  auto& bad = fleet.machines[1];
  REQUIRE(fleet.move(bad, "db").ok());
  fleet.attest({&bad});
  fleet.open(bad);
  REQUIRE(bad.context->group.empty()); // judged like all groups without their own
  REQUIRE(fleet.accept_for("db", bad).ok());
  bad.files["/usr/bin/program-0"] = 2;
  bad.reboot();
  const auto decided = fleet.attest_on_open(bad);
  REQUIRE_MESSAGE(decided.ok(), decided.fault().check);
  CHECK(fleet.becomes(bad, display::untrusted));
}

TEST_CASE("the open session continues under the new group's reference and policy") {
  trusted_fleet fleet;
  auto& first = fleet.machines[0];
  auto& second = fleet.machines[1];
  REQUIRE(fleet.move(first, "db").ok());
  REQUIRE(fleet.accept_for("db", first).ok());
  fleet.open(second);
  REQUIRE(fleet.move(second, "db").ok());
  second.context = fleet.told("db");
  second.group = "db";
  REQUIRE(second.context);
  CHECK(second.context->reference);
  const auto decided = fleet.attest_on_open(second);
  REQUIRE_MESSAGE(decided.ok(), decided.fault().check);
  CHECK(decided->recorded->reference == second.context->reference_digest);
  CHECK(fleet.shown(second) == display::trusted);
}

TEST_CASE("a move survives a restart, and an invalid move is refused") {
  trusted_fleet fleet;
  REQUIRE(fleet.move(fleet.machines[1], "db").ok());
  fleet.restart();
  CHECK(fleet.node_of(fleet.machines[1]).group == "db");
  fleet.attest({&fleet.machines[1]});
  CHECK(fleet.machines[1].context->group != "web");
  CHECK(fleet.move(fleet.machines[1], "db").fault().code == errc::conflict);
  CHECK(fleet.move(fleet.machines[1], "").fault().code == errc::malformed);
  machine nobody;
  nobody.id.raw.fill(0xee);
  CHECK(fleet.move(nobody, "db").fault().code == errc::not_found);
}

TEST_CASE("an id, or the beginning of one, means that machine, even if another machine has it as its name") {
  trusted_fleet fleet;
  const auto id = to_string(fleet.machines[0].id);
  const auto beginning = id.substr(0, 16); // all three ids begin with the same zeros
  CHECK(fleet.rename(fleet.machines[1], beginning).fault().code == errc::malformed);
  fleet.lay_name(fleet.machines[1], beginning);
  CHECK(fleet.resolve(beginning).value() == fleet.machines[0].id);
  fleet.lay_name(fleet.machines[1], "ffffffff"); // no id begins with it
  CHECK(fleet.resolve("ffffffff").value() == fleet.machines[1].id);
  CHECK(fleet.resolve("web-3").value() == fleet.machines[2].id);
  CHECK(fleet.resolve(id.substr(0, 8)).fault().code == errc::conflict);
  CHECK(fleet.resolve("nobody").fault().code == errc::not_found);
}

TEST_CASE("the number of a change is the one that the log shows for it") {
  trusted_fleet fleet;
  const auto changed = fleet.rename(fleet.machines[1], "www");
  REQUIRE(changed.ok());
  const auto leaf = fleet.leaf_of(*changed);
  REQUIRE(leaf.ok());
  CHECK(fleet.logged(leaf->value) == std::vector<std::string>{"name: www"});
  const auto last = fleet.leaf_of(sequence{~std::uint64_t{0}});
  CHECK(last.value().value == fleet.reader().log_size().value().leaves - 1);
  CHECK(fleet.leaf_of(sequence{0}).fault().code == errc::not_found);
}

// A machine that keeps its record busy, or an operator who renames it, must not keep an outdated verdict in
// force.
TEST_CASE("check 30: a record is judged by the rules in force before any other change of it") {
  trusted_fleet fleet;
  auto& one = fleet.machines[1];
  appraisal::samples::push_file(one.used, "/usr/local/bin/implant", "an implant");
  fleet.clock->pass(std::chrono::seconds{1});
  fleet.attest({&one});
  REQUIRE(fleet.state_of(one).verdict == verdict::contraindicated);
  // As an earlier policy left it.
  auto before = fleet.state_of(one);
  before.verdict = verdict::affirming;
  before.findings.clear();
  before.findings_total = 0;
  before.appraisal_version = 0;
  fleet.lay_state(one, before);
  REQUIRE(fleet.state_of(one).verdict == verdict::affirming);
  REQUIRE(fleet.rename(one, "other-name").ok());
  CHECK(fleet.state_of(one).verdict == verdict::contraindicated);
  CHECK(fleet.node_of(one).name == "other-name");
}
