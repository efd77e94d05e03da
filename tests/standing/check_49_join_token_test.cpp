// What breaks if this fails: who holds a token changes a machine that is known, brings back one that was shut out,
// or brings in more machines than the token was made for.
#include "tests/standing/join_world.hpp"
#include "tests/standing/on_record.hpp"

namespace check_49_join_token_test {

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time now{1'000'000};

proven_machine machine(std::uint8_t ak = 1, endorsement level = endorsement::none) {
  proven_machine out;
  out.id.raw.fill(7);
  out.ek_public = {7};
  out.ak_public = {ak};
  out.node_spki = {ak};
  out.level = level;
  out.source = "192.0.2.1:1";
  out.token = bytes32{1};
  return out;
}

join_offer with_token() {
  join_token_order order{"db", "", 3};
  return {new_join_token(order, bytes32{1}, {1}, 0), false};
}

result<admission> decide(const std::optional<node_record>& known, const proven_machine& who,
                         const join_offer& offer, bool must_enrol = false, bool revoked = false,
                         admission_rules rules = {}) {
  return decide_admission(known, must_enrol, revoked, who, rules, {}, now, offer);
}

/// On record as an operator approved it: group web, name web-1.
node_record approved() {
  const auto waiting = decide({}, machine(), {})->node;
  const auto key = fingerprint_of(machine().ek_public, machine().ak_public, machine().node_spki);
  return decide(approve_candidate(waiting, key, "web", "web-1", "ops", now).value(), machine(), {})->node;
}

} // namespace

TEST_CASE("check 49: a token admits a machine that was never on record, into its group and at its level") {
  const auto made = decide({}, machine(), with_token()).value();
  CHECK(made.kind == admission_kind::admit);
  CHECK(made.used == bytes32{1});
  CHECK(made.refused == join_refusal::none);
  CHECK(made.node.standing == standing::enrolled);
  CHECK(made.node.generation.value == 1);
  CHECK(made.node.group == "db");
  CHECK(made.node.name.empty());
  CHECK(made.node.admitted_by == "token " + join_token_id(bytes32{1}));
  CHECK(made.node.level == endorsement::token);
  CHECK(made.node.admission_level == endorsement::token);
  // A vendor that vouches counts as ever. The group is the token's, also where vendors admit.
  admission_rules automatic;
  automatic.vendor = vendor_admission::automatic;
  const auto vouched =
      decide({}, machine(1, endorsement::vendor), with_token(), false, false, automatic).value();
  CHECK(vouched.node.level == endorsement::vendor);
  CHECK(vouched.node.group == "db");
  CHECK(vouched.used == bytes32{1});
}

TEST_CASE("check 49: the use of a token is in one batch with the machine's record, and in the log") {
  const auto store = std::make_shared<liar::memory_store>();
  node_register all;
  shared_batch sent;
  node_runner runner{{store, [&](shared_batch batch, const node_runner::landed&) { sent = std::move(batch); },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
                     all};
  runner.run(
      machine().id,
      [&](const settled_node& at) -> result<node_change> {
        auto made = admit(at, machine(), false, {}, all, now, with_token());
        REQUIRE(made.ok());
        CHECK(made->answer.join_used == bytes32{1});
        return std::move(made->change);
      },
      [](const result<sequence>&) {});
  REQUIRE(sent != nullptr);
  store->apply(*sent);
  CHECK(join_use_from(store->get<tables::join_uses>(machine().id).value())->token == bytes32{1});
  CHECK(store->get<tables::nodes>(machine().id).ok());
  const bool logged = std::ranges::any_of(sent->operations(), [](const auto& one) {
    const auto* entry = std::get_if<store_operation::append_audit>(&one);
    if (entry == nullptr) return false;
    return parse_view<records::AuditEntry>(entry->entry)->read([](records::AuditEntry::Reader in) {
      return text_of(in.getAction()) == "admission"
             && text_of(in.getText()) == "admitted by token " + join_token_id(bytes32{1}) + " into group db"
             && same(bytes_of(in.getNode()), machine().id.raw);
    });
  });
  CHECK(logged);
}

TEST_CASE("check 49: a token changes neither group nor name of a known machine, and is not used by it") {
  const auto known = approved();
  const auto again = decide(known, machine(), with_token()).value();
  CHECK(again.kind == admission_kind::admit); // as without a token: a re-issue
  CHECK_FALSE(again.used.has_value());
  CHECK(again.node.group == "web");
  CHECK(again.node.name == "web-1");
  CHECK(again.node.admitted_by == "ops");
  CHECK(again.node.level == endorsement::operator_approved);
}

TEST_CASE(
    "check 49: a token admits no new generation, neither for another AK nor for counters that went back") {
  for (const bool other_ak : {true, false}) {
    const auto made = decide(approved(), machine(other_ak ? 2 : 1), with_token(), !other_ak).value();
    CHECK(made.kind == admission_kind::pending);
    CHECK(made.refused == join_refusal::known_machine);
    CHECK_FALSE(made.used.has_value());
    CHECK(made.node.generation == approved().generation);
  }
}

TEST_CASE(
    "check 49: a machine that waits is not admitted by a token, and neither is one that was forgotten") {
  const auto waiting = decide({}, machine(), {})->node;
  for (const auto ak : {1, 2}) {
    const auto made = decide(waiting, machine(static_cast<std::uint8_t>(ak)), with_token()).value();
    CHECK(made.kind == admission_kind::pending);
    CHECK(made.refused == join_refusal::known_machine);
  }
  auto before = with_token();
  before.known_before = true;
  const auto made = decide({}, machine(), before).value();
  CHECK(made.kind == admission_kind::pending);
  CHECK(made.refused == join_refusal::known_machine);
  CHECK_FALSE(made.used.has_value());
}

TEST_CASE("check 49: a revoked EK stays out with any token") {
  CHECK(decide({}, machine(), with_token(), false, true).fault().code == errc::denied);
  auto revoked = approved();
  revoked.standing = standing::revoked;
  CHECK(decide(revoked, machine(), with_token()).fault().code == errc::denied);
}

TEST_CASE("check 49: a token that is not accepted leaves the machine waiting, as without one") {
  const auto made = decide({}, machine(), {}).value();
  CHECK(made.kind == admission_kind::pending);
  CHECK(made.refused == join_refusal::not_accepted);
  auto bare = machine();
  bare.token.reset();
  const auto without = decide({}, bare, {}).value();
  CHECK(without.refused == join_refusal::none);
  CHECK(to_record(without.node).content().size() == to_record(made.node).content().size());
  // The way is the operator's, and what the token would have given is not left behind.
  const auto key = fingerprint_of(machine().ek_public, machine().ak_public, machine().node_spki);
  const auto in =
      decide(approve_candidate(made.node, key, "", "", "ops", now).value(), machine(), {}).value();
  CHECK(in.node.admitted_by == "ops");
  CHECK(in.node.level == endorsement::operator_approved);
}

TEST_CASE("check 49: a machine that was admitted once leaves a mark when it is forgotten, one that waited "
          "does not") {
  const auto leaves_mark = [](const node_record& node) {
    bool out = false;
    muster::testing::look_at(node, {}, [&](const settled_node& at) {
      auto made = forget(at, "ops", now);
      REQUIRE(made.ok());
      for (const auto& one : made->batch.operations())
        if (const auto* put = std::get_if<store_operation::put>(&one))
          out = out || put->table == store_table::forgotten;
    });
    return out;
  };
  CHECK(leaves_mark(approved()));
  CHECK_FALSE(leaves_mark(decide({}, machine(), {})->node));
}

TEST_CASE("check 49: whatever the disk does, no token admits more machines than it may, nor one twice") {
  std::size_t admitted = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    one_change::join_world world{seed};
    for (int i = 0; i < 400; ++i)
      world.step();
    world.settle();
    world.check();
    admitted += world.admitted();
  }
  CHECK(admitted > 200); // the world is not one in which nothing happens
}

} // namespace check_49_join_token_test
