// Join tokens, asked of the whole service over a real database. What breaks if this fails: many machines that come
// at once get in by one use, a restart or a full disk gives uses back, or a machine that was shut out returns.
#include "records/join_token.hpp"
#include "tests/service/references/simulated_fleet.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace join_token_fleet_test {

namespace {

const std::string by = "uid=0 pid=1";

struct joining_fleet : simulated_fleet {
  joining_fleet() : simulated_fleet{1} {}

  made_join_token make(std::uint32_t uses, std::chrono::milliseconds expires = std::chrono::hours{1}) {
    const auto made =
        ask_about<made_join_reply>(core().trust, join_token_order{"db", "rack 7", uses, expires, by});
    REQUIRE_MESSAGE(made.ok(), made.fault().check);
    return *made;
  }
  change_reply end(const made_join_token& token) {
    return ask_about<change_reply>(core().trust, join_token_end{join_token_id(token.on_record.digest), by});
  }
  join_tokens_shown shown_tokens() {
    caf::scoped_actor self{system()};
    join_tokens_shown out;
    self->request(core().trust, patience, list_atom::value)
        .receive([&](const join_tokens_shown& all) { out = all; },
                 [](const caf::error&) { FAIL("no answer"); });
    return out;
  }
  std::uint32_t used() { return shown_tokens().tokens.at(0).used; }

  static proven_machine stranger(std::uint8_t number, const std::optional<bytes32>& token) {
    proven_machine out;
    out.id.raw.fill(0xe0);
    out.id.raw[0] = number;
    out.ek_public = {number};
    out.ak_public = {number, 1};
    out.node_spki = {number, 2};
    out.source = "192.0.2." + std::to_string(number % 250) + ":9";
    out.token = token;
    return out;
  }
  static proven_machine stranger(std::uint8_t number, const made_join_token& token) {
    return stranger(number, join_token_digest(token.token->view()));
  }
  admission_reply ask_in(const proven_machine& who) { return ask_about<admission_reply>(core().trust, who); }
  bool gets_in(const proven_machine& who) {
    const auto answer = ask_in(who);
    return answer.ok() && answer->admitted;
  }
  join_refusal refused(const proven_machine& who) {
    const auto answer = ask_in(who);
    REQUIRE_MESSAGE(answer.ok(), answer.fault().check);
    CHECK_FALSE(answer->admitted);
    return answer->join_refused;
  }
  std::optional<node_record> record_of(const proven_machine& who) const {
    const auto found = reader().get<tables::nodes>(who.id);
    if (!found) return std::nullopt;
    return node_from(who.id, *found).value();
  }
  /// All at once; returns how many got in.
  std::size_t storm(const std::vector<proven_machine>& all) {
    caf::scoped_actor self{system()};
    std::vector<std::function<void()>> answers;
    std::size_t in = 0;
    for (const auto& who : all) {
      auto asked = std::make_shared<decltype(self->request(core().trust, patience, who))>(
          self->request(core().trust, patience, who));
      answers.emplace_back([asked, &in] {
        asked->receive([&](const admission_reply& done) { in += done.ok() && done->admitted ? 1 : 0; },
                       [](const caf::error&) { FAIL("no answer"); });
      });
    }
    for (const auto& wait : answers)
      wait();
    return in;
  }
};

/// How many entries of the log have this action and begin so. None of them may have the token.
std::size_t logged(const joining_fleet& fleet, std::string_view action, std::string_view beginning,
                   const made_join_token& token) {
  std::size_t out = 0;
  const auto secret = to_hex(token.token->view());
  const auto leaves = fleet.reader().log_leaves(0, store_reader::max_page).value();
  for (const auto& leaf : leaves)
    leaf.record->read([&](records::AuditEntry::Reader in) {
      CHECK(text_of(in.getText()).find(secret) == std::string_view::npos);
      out += text_of(in.getAction()) == action && text_of(in.getText()).starts_with(beginning) ? 1U : 0U;
    });
  return out;
}

} // namespace

TEST_CASE("check 49: a token is on record and in the log without itself, and admits as often as it says") {
  joining_fleet fleet;
  const auto token = fleet.make(2);
  const auto id = join_token_id(token.on_record.digest);
  CHECK(token.token->view().size() == 32);
  CHECK(token.on_record.digest == join_token_digest(token.token->view()));
  CHECK(fleet.gets_in(fleet.stranger(1, token)));
  CHECK(fleet.gets_in(fleet.stranger(2, token)));
  CHECK(fleet.refused(fleet.stranger(3, token)) == join_refusal::not_accepted);
  const auto in = fleet.record_of(fleet.stranger(1, token));
  REQUIRE(in.has_value());
  CHECK(in->group == "db");
  CHECK(in->admitted_by == "token " + id);
  CHECK(in->level == endorsement::token);
  const auto lines = fleet.shown_tokens().tokens;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].state == join_state::used_up);
  CHECK(lines[0].nodes.size() == 2);
  CHECK(fleet.shown_tokens().wrong == 1);
  CHECK(logged(fleet, "join token", "made: token " + id + ", label rack 7: group db, 2 uses", token) == 1);
  CHECK(logged(fleet, "admission", "admitted by token " + id, token) == 2);
  CHECK(fleet.end(token).ok());
  CHECK(fleet.end(token).fault().code == errc::conflict);
  CHECK(logged(fleet, "join token", "revoked: token " + id, token) == 1);
}

TEST_CASE("check 49: of many machines that come at once with one use left, exactly one gets in") {
  joining_fleet fleet;
  for (const std::uint32_t uses : {1U, 3U}) {
    const auto token = fleet.make(uses);
    std::vector<proven_machine> all;
    for (std::uint8_t i = 0; i < 14; ++i)
      all.push_back(fleet.stranger(static_cast<std::uint8_t>(50 * uses + i), token));
    CHECK(fleet.storm(all) == uses);
    std::size_t on_record = 0;
    for (const auto& who : all)
      on_record += fleet.reader().get<tables::join_uses>(who.id).ok() ? 1 : 0;
    CHECK(on_record == uses);
  }
}

TEST_CASE("check 49: one machine that asks many times at once uses one, and so does a lost answer") {
  joining_fleet fleet;
  const auto token = fleet.make(5);
  CHECK(fleet.storm(std::vector(6, fleet.stranger(1, token))) == 6);
  CHECK(fleet.used() == 1);
  fleet.restart();
  CHECK(fleet.gets_in(fleet.stranger(1, token))); // as if the answer had been lost
  CHECK(fleet.used() == 1);
  CHECK(fleet.record_of(fleet.stranger(1, token))->generation.value == 1);
}

TEST_CASE("check 49: uses, ends and revocations outlive a restart") {
  joining_fleet fleet;
  const auto token = fleet.make(2);
  CHECK(fleet.gets_in(fleet.stranger(1, token)));
  fleet.restart();
  CHECK(fleet.used() == 1);
  CHECK(fleet.gets_in(fleet.stranger(2, token)));
  CHECK(fleet.refused(fleet.stranger(3, token)) == join_refusal::not_accepted);
  const auto other = fleet.make(2);
  CHECK(fleet.end(other).ok());
  fleet.restart();
  CHECK(fleet.refused(fleet.stranger(4, other)) == join_refusal::not_accepted);
}

TEST_CASE("check 49: an expired token and a guessed one are answered alike") {
  joining_fleet fleet;
  const auto token = fleet.make(2, std::chrono::minutes{1});
  fleet.clock->pass(std::chrono::minutes{1});
  CHECK(fleet.refused(fleet.stranger(1, token)) == join_refusal::not_accepted);
  CHECK(fleet.refused(fleet.stranger(2, bytes32{42})) == join_refusal::not_accepted);
  CHECK(fleet.used() == 0);
  CHECK(fleet.shown_tokens().wrong == 2);
}

TEST_CASE("check 49: a machine that was forgotten or revoked, or waits, does not come in by a token") {
  joining_fleet fleet;
  const auto token = fleet.make(9);
  const auto digest = join_token_digest(token.token->view());
  const auto asked = [&](const proven_machine& who) {
    return fleet.ask_about<change_reply>(fleet.core().trust, removal{who.id, by}).ok();
  };
  // It came by the token, misbehaved, and was forgotten.
  const auto first = fleet.stranger(1, token);
  CHECK(fleet.gets_in(first));
  CHECK(asked(first));
  CHECK(fleet.refused(first) == join_refusal::known_machine);
  // The fleet's own machine, which never saw a token.
  auto known = fleet.stranger(2, token);
  known.id = fleet.machines[0].id;
  CHECK(fleet.refused(known) == join_refusal::known_machine);
  CHECK(asked(known));
  fleet.restart();
  CHECK(fleet.refused(known) == join_refusal::known_machine);
  // Revoked, and then forgotten.
  const auto bad = fleet.stranger(3, token);
  CHECK(fleet.gets_in(bad));
  CHECK(fleet.ask_about<change_reply>(fleet.core().trust, revocation{bad.id, "stolen", by}).ok());
  CHECK(fleet.ask_in(bad).fault().code == errc::denied);
  CHECK(asked(bad));
  CHECK(fleet.ask_in(bad).fault().code == errc::denied);
  // One that waits. When the operator has dropped it from the list, it was never admitted, and is new again.
  CHECK(fleet.refused(fleet.stranger(4, std::nullopt)) == join_refusal::none);
  CHECK(fleet.refused(fleet.stranger(4, digest)) == join_refusal::known_machine);
  CHECK(asked(fleet.stranger(4, digest)));
  CHECK(fleet.gets_in(fleet.stranger(4, digest)));
  CHECK(fleet.used() == 3);
}

TEST_CASE("check 49: an EK that was forgotten does not come in by a token under its other y") {
  joining_fleet fleet;
  const testing::soft_tpm chip{tpm::ek_template::l2_p256};
  const auto key = tpm::verify_ek_form(chip.ek());
  REQUIRE(key.ok());
  write_batch before;
  before.put<tables::forgotten>(key->mirrored_id().value(),
                                make_record<records::Forgotten>([](records::Forgotten::Builder) {}));
  fleet.lay(std::move(before));
  auto who = fleet.stranger(1, fleet.make(1));
  who.id = key->id();
  who.ek_public = to_bytes(chip.ek().raw());
  CHECK(fleet.refused(who) == join_refusal::known_machine);
  CHECK(fleet.used() == 0);
}

TEST_CASE("check 49: a full disk admits nobody and takes no use") {
  joining_fleet fleet;
  const auto token = fleet.make(1);
  fleet.fill_disk(true);
  CHECK_FALSE(fleet.ask_in(fleet.stranger(1, token)).ok());
  CHECK_FALSE(fleet.ask_about<made_join_reply>(fleet.core().trust, join_token_order{"db", "", 1}).ok());
  CHECK_FALSE(fleet.end(token).ok());
  fleet.fill_disk(false);
  CHECK(fleet.used() == 0);
  CHECK(fleet.shown_tokens().tokens.size() == 1);
  CHECK(fleet.shown_tokens().tokens[0].state == join_state::usable);
  CHECK(fleet.gets_in(fleet.stranger(2, token)));
  CHECK(fleet.refused(fleet.stranger(3, token)) == join_refusal::not_accepted);
}

TEST_CASE(
    "check 49: beyond a bound a wrong token takes no place among those that wait, and a right one counts") {
  joining_fleet fleet;
  const auto token = fleet.make(1);
  const auto from_one_place = [&](std::uint8_t number, const std::optional<bytes32>& with) {
    auto out = fleet.stranger(number, with);
    out.source = "198.51.100.1:1";
    return out;
  };
  std::size_t waiting = 0;
  for (std::uint8_t i = 1; i <= 40; ++i)
    waiting += fleet.ask_in(from_one_place(i, bytes32{i})).ok() ? 1 : 0;
  CHECK(waiting == 16);
  // A place among them is free again: a machine without a token gets it, one with a wrong token does not.
  const auto dropped = removal{from_one_place(1, {}).id, by};
  CHECK(fleet.ask_about<change_reply>(fleet.core().trust, dropped).ok());
  CHECK(fleet.ask_in(from_one_place(42, bytes32{42})).fault().code == errc::limit);
  CHECK(fleet.refused(from_one_place(43, std::nullopt)) == join_refusal::none);
  CHECK(fleet.shown_tokens().wrong == 41);
  CHECK(fleet.shown_tokens().worst.at(0).where == "198.51.100.1");
  CHECK(fleet.gets_in(from_one_place(41, join_token_digest(token.token->view()))));
}

TEST_CASE("a token that ended long ago leaves the records with its uses, and its machines stay") {
  joining_fleet fleet;
  const auto token = fleet.make(2);
  const auto who = fleet.stranger(1, token);
  CHECK(fleet.gets_in(who));
  fleet.clock->pass(std::chrono::hours{1 + 24 * 7});
  const auto gone = [&] {
    caf::anon_send(fleet.core().trust, tick_atom::value);
    (void)fleet.shown_tokens();
    return !fleet.reader().get<tables::join_tokens>({token.on_record.digest}).ok()
           && !fleet.reader().get<tables::join_uses>(who.id).ok();
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!gone() && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  CHECK(gone());
  CHECK(fleet.shown_tokens().tokens.empty());
  CHECK(fleet.record_of(who)->standing == standing::enrolled);
}

} // namespace join_token_fleet_test
