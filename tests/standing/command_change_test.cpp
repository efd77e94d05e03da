// What breaks if these fail: an order that never reached the machine is shown as done; settings for a machine
// are lost with its session; a machine that has left is shown forever;
// a command reaches a machine that enrolled again.
#include "records/record_codec.hpp"
#include "standing/command_change.hpp"
#include "standing/node_runner.hpp"
#include "standing/people_changes.hpp"
#include "tests/liar/memory_store.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace std::chrono_literals;

namespace {

constexpr node_id web{{1}};

/// One machine on record, its commands as TrustMgr keeps them, and a disk that stores everything at once.
class commanded_world {
public:
  commanded_world() {
    node_record node;
    node.id = web;
    node.standing = standing::enrolled;
    node.name = "web-1";
    write_batch batch;
    batch.put<tables::nodes>(web, to_record(node));
    store_->apply(batch);
  }

  /// Returns the fault, if there is one.
  std::optional<fault> run(const node_runner::decide& how) {
    std::optional<fault> out;
    runner_.run(web, how, [&](const result<sequence>& stored) {
      if (!stored) out = stored.fault();
    });
    while (!landing_.empty()) {
      const auto landed = std::move(landing_.back());
      landing_.pop_back();
      landed(sequence{++sequence_});
    }
    return out;
  }

  command_setting setting() const { return {queue, session, at}; }

  std::optional<fault> order(command_kind kind, tuning_order how = {},
                             std::chrono::milliseconds within = 60s) {
    return run([&, how](const settled_node& now) -> result<node_change> {
      auto made = service::order(now, {web, kind, within, "uid=0", how}, {++newest.value}, setting(),
                                 longest_beat(180s));
      if (!made) return made.fault();
      added = made->answer;
      return std::move(made->change);
    });
  }

  void hand_out() {
    run([&](const settled_node& now) -> result<node_change> { return service::hand_out(now, setting()); });
  }

  void report(command_id id, command_outcome how, std::string text = {}) {
    run([&](const settled_node& now) -> result<node_change> {
      return take_report(now, setting(), {id, how, text}, ended(id));
    });
  }

  void expire() {
    run([&](const settled_node& now) -> result<node_change> { return service::expire(now, setting()); });
  }

  std::optional<node_record> node() const {
    const auto stored = store_->get<tables::nodes>(web);
    return stored ? std::optional{node_from(web, *stored).value()} : std::nullopt;
  }
  std::optional<command_record> ended(command_id id) const {
    const auto stored = store_->get<tables::ended_commands>(id);
    return stored ? std::optional{command_from(id, *stored).value()} : std::nullopt;
  }
  bool open_on_record(command_id id) const { return store_->get<tables::commands>(id).ok(); }

  command_queue queue;
  session_epoch session{7};
  moment at{boot_id{}, {1000}, {1'700'000'000'000}};
  command_id newest{10};
  command_id added;
  std::vector<command_record> settled;
  std::optional<session_end> ends;
  std::optional<tuning> tuned;

private:
  std::shared_ptr<liar::memory_store> store_ = std::make_shared<liar::memory_store>();
  node_register all_;
  std::vector<node_runner::landed> landing_;
  std::uint64_t sequence_ = 0;
  node_runner runner_{{store_,
                       [this](shared_batch batch, node_runner::landed landed) {
                         store_->apply(*batch);
                         landing_.push_back(std::move(landed));
                       },
                       [](const node_id&, const settled_node&, const node_change&) {},
                       [this](const node_id&, node_change& change) {
                         if (change.queue) queue = *std::move(change.queue);
                         for (const auto& one : change.settled)
                           if (!is_open(one.outcome)) settled.push_back(one);
                         if (change.ends) ends = change.ends;
                         if (change.tuned) tuned = change.tuned;
                       },
                       [](const node_id&, const fault&) {}},
                      all_};
};

} // namespace

TEST_CASE("a setting of a machine is on record at once, and settings that are not named stay") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::reconfigure, {20s, {}, "debug"}));
  CHECK(w.node()->tuning == tuning{20s, 0ms, "debug"});
  CHECK(w.tuned == tuning{20s, 0ms, "debug"});
  CHECK_FALSE(w.order(command_kind::reconfigure, {{}, 500ms, {}}));
  CHECK(w.node()->tuning == tuning{20s, 500ms, "debug"});
  CHECK_FALSE(w.order(command_kind::reconfigure, {0ms, {}, ""}));
  CHECK(w.node()->tuning == tuning{0ms, 500ms, ""});
  // The earlier orders were never sent.
  REQUIRE(w.settled.size() == 2);
  CHECK(w.settled[0].outcome == command_outcome::replaced);
  // Whatever happens to the command, the machine gets the settings with its next session.
  w.at.boot.milliseconds += 60'000;
  w.expire();
  CHECK(w.settled.back().outcome == command_outcome::expired);
  CHECK(w.node()->tuning == tuning{0ms, 500ms, ""});
}

TEST_CASE("a value outside its limits is refused with a sentence, and changes nothing") {
  struct row {
    tuning_order how;
    std::string_view says;
  };
  for (const auto& [how, says] :
       {row{{99ms, {}, {}}, "beat: from 100ms to 1m (a lease has at least three beats), or \"default\""},
        row{{60'001ms, {}, {}}, "beat: from 100ms to 1m"}, row{{{}, 601s, {}}, "jitter: from 1ms to 10m"},
        row{{{}, {}, "loud"}, "log_level: error, warning, info or debug"}, row{{}, "nothing is set"}}) {
    commanded_world w;
    const auto refused = w.order(command_kind::reconfigure, how);
    REQUIRE(refused);
    CHECK(refused->code == errc::malformed);
    CHECK(refused->check.find(says) != std::string::npos);
    CHECK(w.node()->tuning == tuning{});
    CHECK(w.queue.open().empty());
  }
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::reconfigure, {60s, 10min, {}}));
}

TEST_CASE("a second order of the same kind waits for the open one") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::renew));
  const auto first = w.added;
  CHECK_FALSE(w.order(command_kind::renew));
  CHECK(w.added == first);
  CHECK(w.queue.open().size() == 1);
}

TEST_CASE("check 32: a machine that accepts to leave is on record until it has left, and then no longer") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::attest));
  const auto other = w.added;
  CHECK_FALSE(w.order(command_kind::unregister));
  const auto id = w.added;
  w.hand_out();
  w.report(id, command_outcome::accepted);
  CHECK(w.settled.empty());
  CHECK(w.open_on_record(id));
  CHECK(w.node());
  w.report(id, command_outcome::done);
  CHECK_FALSE(w.node());
  CHECK(w.ends == session_end::forgotten);
  CHECK(w.queue.open().empty());
  CHECK(w.ended(id)->outcome == command_outcome::done);
  // No open order is left for a machine that enrols later.
  CHECK(w.ended(other)->outcome == command_outcome::unknown);
  CHECK_FALSE(w.open_on_record(other));
  REQUIRE(w.settled.size() == 2);
}

TEST_CASE("a machine that accepted to leave but did not stays, and its later report counts") {
  for (const auto how : {command_outcome::expired, command_outcome::failed}) {
    commanded_world w;
    CHECK_FALSE(w.order(command_kind::unregister));
    w.hand_out();
    w.report(w.added, command_outcome::accepted);
    w.report(w.added, how, "the service did not confirm");
    CHECK(w.node());
    CHECK(w.ended(w.added)->outcome == how);
    CHECK(w.ended(w.added)->text == "the service did not confirm");
  }
}

TEST_CASE("check 32: a machine that accepted to leave has time for its last report, and a later one removes "
          "no node") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::unregister, {}, 60s));
  w.hand_out();
  w.report(w.added, command_outcome::accepted);
  w.at.boot.milliseconds += 60'000;
  w.expire();
  CHECK(w.settled.empty());
  w.at.boot.milliseconds += 10'000;
  w.expire();
  CHECK(w.ended(w.added)->outcome == command_outcome::unknown);
  CHECK(w.node());
  // The machine may have enrolled again since then. Its late report corrects the record of the command, and
  // does not remove the node.
  w.report(w.added, command_outcome::done);
  CHECK(w.ended(w.added)->outcome == command_outcome::done);
  CHECK(w.node());
}

TEST_CASE("check 32: a machine that left, enrolled again and only then reports that is not forgotten") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::attest));
  const auto other = w.added;
  CHECK_FALSE(w.order(command_kind::unregister));
  w.hand_out();
  w.report(w.added, command_outcome::accepted);
  w.run([&](const settled_node& now) -> result<node_change> {
    node_change out{now, change_source::machine};
    note_return(out, w.setting());
    return out;
  });
  CHECK(w.ended(w.added)->outcome == command_outcome::done);
  CHECK(w.open_on_record(other));
  w.report(w.added, command_outcome::done);
  CHECK(w.node());
}

TEST_CASE("a late report corrects an unknown outcome, and nothing else") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::renew));
  const auto id = w.added;
  w.hand_out();
  w.at.boot.milliseconds += 60'000;
  w.expire();
  CHECK(w.ended(id)->outcome == command_outcome::unknown);
  w.report(id, command_outcome::accepted);
  CHECK(w.ended(id)->outcome == command_outcome::unknown);
  w.report(id, command_outcome::failed, "it was not done in time");
  CHECK(w.ended(id)->outcome == command_outcome::failed);
  w.report(id, command_outcome::done);
  CHECK(w.ended(id)->outcome == command_outcome::failed);
}

TEST_CASE("check 32: only evidence proves that a machine attested, early and late") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::attest));
  w.hand_out();
  w.report(w.added, command_outcome::done);
  CHECK(w.queue.open().size() == 1);
  w.at.boot.milliseconds += 60'000;
  w.expire();
  w.report(w.added, command_outcome::done);
  CHECK(w.ended(w.added)->outcome == command_outcome::unknown);
}

TEST_CASE("a report on another machine's command is ignored") {
  commanded_world w;
  command_record theirs;
  theirs.id = {99};
  theirs.node = node_id{{2}};
  theirs.outcome = command_outcome::unknown;
  w.run([&](const settled_node& now) -> result<node_change> {
    return take_report(now, w.setting(), {{99}, command_outcome::done, {}}, theirs);
  });
  CHECK_FALSE(w.ended({99}));
}

TEST_CASE("check 32: no order survives the forgetting or revocation of its machine") {
  for (const bool forgotten : {true, false}) {
    commanded_world w;
    CHECK_FALSE(w.order(command_kind::attest));
    const auto sent = w.added;
    w.hand_out();
    CHECK_FALSE(w.order(command_kind::unregister));
    const auto unsent = w.added;
    w.run([&](const settled_node& now) {
      auto out = forgotten ? forget(now, "uid=0", w.at.wall) : revoke(now, {}, "uid=0", w.at.wall);
      if (out) end_commands(*out, w.setting(), "the machine is gone");
      return out;
    });
    CHECK(w.queue.open().empty());
    CHECK(w.ended(sent)->outcome == command_outcome::unknown);
    CHECK(w.ended(unsent)->outcome == command_outcome::expired);
    CHECK(w.settled.size() == 2);
    const auto refused = w.order(command_kind::attest);
    REQUIRE(refused);
    CHECK(refused->code == (forgotten ? errc::not_found : errc::conflict));
  }
}

TEST_CASE("nothing is sent without an open session") {
  commanded_world w;
  CHECK_FALSE(w.order(command_kind::renew));
  w.session = {};
  w.hand_out();
  CHECK(w.queue.open().front().outcome == command_outcome::open);
}

TEST_CASE("check 46: a second revocation is refused, says who was first and why, and keeps all of that") {
  commanded_world w;
  const auto revoked_by = [&](const char* by, const char* reason) {
    return w.run([&](const settled_node& now) { return revoke(now, reason, by, w.at.wall); });
  };
  REQUIRE_FALSE(revoked_by("uid=1", "stolen from rack 4"));
  const auto first = w.node();
  REQUIRE(first.has_value());
  w.at.wall.milliseconds += 60'000;
  for (const auto* reason : {"", "sold"}) {
    const auto refused = revoked_by("uid=2", reason);
    REQUIRE(refused.has_value());
    CHECK(refused->code == errc::conflict);
    CHECK(refused->check.find("uid=1: stolen from rack 4") != std::string::npos);
    CHECK(w.node()->revoked_reason == "stolen from rack 4");
    CHECK(w.node()->revoked_by == "uid=1");
    CHECK(w.node()->revoked == first->revoked);
  }
}

TEST_CASE("a reason is added to a revocation that has none, and time and person stay") {
  commanded_world w;
  const auto revoked_by = [&](const char* by, const char* reason) {
    return w.run([&](const settled_node& now) { return revoke(now, reason, by, w.at.wall); });
  };
  REQUIRE_FALSE(revoked_by("uid=1", ""));
  const auto first = w.node();
  w.at.wall.milliseconds += 60'000;
  CHECK(revoked_by("uid=2", "").has_value());
  CHECK_FALSE(revoked_by("uid=2", "stolen from rack 4"));
  CHECK(w.node()->revoked_reason == "stolen from rack 4");
  CHECK(w.node()->revoked_by == "uid=1");
  CHECK(w.node()->revoked == first->revoked);
  CHECK(revoked_by("uid=3", "sold").has_value());
}
