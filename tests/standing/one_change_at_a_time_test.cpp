// What breaks if these fail: two changes of one machine are on their way at once. The second was decided on a
// record that is outdated when it lands, and undoes the first. An implant that was found is then shown as
// trusted, or two machines get the same name.
#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/verdict/evidence_finding.hpp"
#include "records/record_codec.hpp"
#include "standing/admission_change.hpp"
#include "standing/attestation_change.hpp"
#include "standing/node_runner.hpp"
#include "standing/people_changes.hpp"
#include "standing/session_changes.hpp"
#include "tests/liar/memory_store.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::uint8_t machines = 4;
const std::array<std::string, 4> some_names{"web-1", "web-2", "db", "spare"};

proven_machine a_machine(std::uint8_t number, std::uint8_t key) {
  proven_machine out;
  out.id.raw[0] = number;
  out.ek_public = bytes{number};
  out.ak_public = bytes{number, 1};
  out.node_spki = bytes{number, key};
  out.source = "192.0.2." + std::to_string(number) + ":1";
  return out;
}

std::optional<node_record> record_of(const liar::memory_store& store, const node_id& id) {
  const auto snapshot = store.snapshot(id);
  if (!snapshot || !snapshot->node) return std::nullopt;
  return node_from(id, *snapshot->node).value();
}

/// The records of a machine as messages, byte for byte; empty: there is none.
struct on_disk {
  bytes node;
  bytes state;
  friend bool operator==(const on_disk&, const on_disk&) = default;
};

on_disk as_messages(const node_entry& entry) {
  if (!entry.node) return {};
  return {muster::to_bytes(to_record(*entry.node).content()),
          muster::to_bytes(to_record(*entry.state).content())};
}

on_disk as_messages(const liar::memory_store& store, const node_id& id) {
  const auto node = record_of(store, id);
  const bool has_state = store.snapshot(id)->state.ok();
  if (!node) REQUIRE_FALSE(has_state);
  if (!node) return {};
  return as_messages(
      {std::make_shared<const node_record>(*node), std::make_shared<const node_state>(store.state(id))});
}

/// An attestation of the open session that failed, or needs whole logs.
decision_request an_attestation(const settled_node& at, const context_ptr& context, bool failed) {
  auto outcome = std::make_shared<appraisal::attestation_outcome>();
  outcome->end = failed ? appraisal::attestation_end::failed : appraisal::attestation_end::again;
  if (failed) outcome->findings = {appraisal::evidence_finding({errc::mismatch, "quote: signature"})};
  decision_request out;
  out.node = at.id();
  out.number = {at.state().number.value + 1};
  out.context = context;
  out.outcome = std::move(outcome);
  out.evidence = std::make_shared<const node_evidence>();
  if (at.node()) out.of = at.node()->generation;
  if (at.node()) out.group = at.node()->group;
  return out;
}

/// A disk that takes batches in order, but late, and fails some of them.
class slow_disk {
public:
  slow_disk() : store_{std::make_shared<liar::memory_store>()} {}

  std::shared_ptr<const liar::memory_store> reader() const { return store_; }
  const liar::memory_store& now() const { return *store_; }
  void take(shared_batch batch, node_runner::landed landed) {
    waiting_.emplace_back(std::move(batch), std::move(landed));
  }
  bool idle() const { return waiting_.empty(); }
  void answer_one(bool stored) {
    auto [batch, landed] = std::move(waiting_.front());
    waiting_.pop_front();
    if (stored) store_->apply(*batch);
    landed(stored ? result<sequence>{store_->newest().value()} : fault{errc::io, "disk: it is full"});
  }

private:
  std::shared_ptr<liar::memory_store> store_;
  std::deque<std::pair<shared_batch, node_runner::landed>> waiting_;
};

class world {
public:
  explicit world(std::uint32_t seed)
      : dice_{seed}, runner_{{disk_.reader(),
                              [this](shared_batch batch, node_runner::landed landed) {
                                disk_.take(std::move(batch), std::move(landed));
                              },
                              [](const node_id&, const settled_node&, const node_change&) {},
                              [this](const node_id& id, node_change& change) { published(id, change); },
                              [](const node_id&, const fault&) {}},
                             all_} {
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    context_ = std::move(context);
  }

  void step() {
    if (!disk_.idle() && dice_() % 2 == 0) return disk_.answer_one(dice_() % 5 != 0);
    ask();
  }

  void settle() {
    while (!disk_.idle())
      disk_.answer_one(true);
    REQUIRE(runner_.idle());
    REQUIRE(asked_ == answered_);
  }

  /// No two machines have the same name, and the register agrees with the records.
  void check() {
    std::set<std::string> names;
    node_register again;
    for (std::uint8_t i = 0; i < machines; ++i) {
      const auto record = record_of(disk_.now(), a_machine(i, 0).id);
      if (!record) continue;
      again.settle(*record);
      std::set<std::string> own;
      own.insert(record->name);
      if (record->candidate) own.insert(record->candidate->name);
      for (const auto& name : own)
        if (!name.empty()) REQUIRE(names.insert(name).second);
    }
    if (!runner_.idle()) return;
    for (std::uint8_t i = 0; i < machines; ++i)
      for (const auto& name : some_names)
        REQUIRE(all_.taken(name, a_machine(i, 0).id) == again.taken(name, a_machine(i, 0).id));
    REQUIRE(all_.waiting("192.0.2.1:1", {0}).total == again.waiting("192.0.2.1:1", {0}).total);
  }

  std::size_t stored() const { return stored_; }

private:
  static bool same(const node_entry& a, const node_entry& b) {
    return a.node == b.node && a.state == b.state;
  }
  std::size_t below(std::size_t n) { return dice_() % n; }

  void published(const node_id& id, node_change& change) {
    // Exactly the stored records are published.
    REQUIRE(as_messages(change.after) == as_messages(disk_.now(), id));
  }

  /// The property: a change is decided on the record as stored, with no other change of that node on its way.
  void run(const node_id& id, node_runner::decide how) {
    ++asked_;
    runner_.run(
        id,
        [this, id, how = std::move(how)](const settled_node& at) {
          REQUIRE_FALSE(on_its_way_.contains(id));
          REQUIRE(as_messages(at.entry()) == as_messages(disk_.now(), id));
          auto out = how(at);
          if (out && !same(out->after, at.entry())) on_its_way_.insert(id);
          return out;
        },
        [this, id](const result<sequence>& stored) {
          ++answered_;
          if (on_its_way_.erase(id) != 0) stored_ += stored ? 1 : 0;
        });
  }

  void ask() {
    const auto number = static_cast<std::uint8_t>(below(machines));
    const auto who = a_machine(number, static_cast<std::uint8_t>(below(2)));
    const auto name = some_names.at(below(some_names.size()));
    const wall_time now{1'000'000 + asked_};
    switch (below(13)) {
    case 0:
    case 1:
      return run(who.id, [this, who, now](const settled_node& at) -> result<node_change> {
        auto made = admit(at, who, false, {}, all_, now);
        if (!made) return made.fault();
        return std::move(made->change);
      });
    case 2:
    case 3:
      return run(who.id, [this, who, name, now](const settled_node& at) {
        const auto key = fingerprint_of(who.ek_public, who.ak_public, who.node_spki);
        return approve(at, {who.id, bytes{key.begin(), key.end()}, "web", name, "ops"}, all_, now);
      });
    case 4:
    case 5:
      return run(who.id,
                 [this, name, now](const settled_node& at) { return rename(at, name, "ops", all_, now); });
    case 6:
      return run(who.id, [this, name, now](const settled_node& at) {
        const auto none = [](const node_record&, const node_state&) -> result<appraisal::reappraisal> {
          return fault{errc::not_found, "no claims"};
        };
        return move(at, name, "ops", *context_, none, now);
      });
    case 12:
      return run(who.id, [this, now](const settled_node& at) {
        constexpr std::uint64_t eight_days = 8ULL * 24 * 3600 * 1000;
        return expire_candidate(at, {now.milliseconds + (below(2) != 0 ? eight_days : 0)});
      });
    case 7: return run(who.id, [now](const settled_node& at) { return find_twin(at, {1}, now); });
    case 8:
    case 9:
    case 10:
      return run(who.id, [this, now, failed = below(2) == 0](const settled_node& at) -> result<node_change> {
        decision_setting setting;
        setting.newest_session = true;
        setting.context = context_;
        setting.now.wall = now;
        const decision_ports ports{[](const node_ptr& node, byte_view) { return node; },
                                   [](const node_state&) { return bytes{}; },
                                   {}};
        auto made = take_attestation(at, an_attestation(at, context_, failed), setting, ports);
        if (!made) return made.fault();
        return std::move(made->change);
      });
    default: return run(who.id, [now](const settled_node& at) { return forget(at, "ops", now); });
    }
  }

  std::mt19937 dice_;
  slow_disk disk_;
  node_register all_;
  node_runner runner_;
  context_ptr context_;
  std::set<node_id> on_its_way_;
  std::size_t asked_ = 0, answered_ = 0, stored_ = 0;
};

} // namespace

TEST_CASE("check 30: of one machine one change is on its way at a time, whoever asks for what, and whatever "
          "the disk does") {
  std::size_t stored = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    world w{seed};
    for (unsigned i = 0; i < 120; ++i) {
      w.step();
      w.check();
    }
    w.settle();
    w.check();
    stored += w.stored();
  }
  CHECK(stored > 3000); // otherwise nearly everything was refused, and the test proves nothing
}

TEST_CASE("check 25: while the disk hangs, a machine has so many changes waiting and no more; each is "
          "answered once") {
  slow_disk disk;
  node_register all;
  node_runner runner{{disk.reader(),
                      [&](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
                     all};
  const auto who = a_machine(1, 1);
  std::size_t stored = 0, refused = 0, ordered = 0;
  for (int i = 0; i < 10'000; ++i)
    runner.run(
        who.id,
        [&](const settled_node& at) -> result<node_change> {
          auto made = admit(at, who, false, {}, all, {1000});
          if (!made) return made.fault();
          return std::move(made->change);
        },
        [&](const result<sequence>& outcome) {
          stored += outcome ? 1 : 0;
          refused += outcome ? 0 : 1;
          if (!outcome) CHECK(outcome.fault().code == errc::busy);
        },
        node_runner::on_damage::refused, node_runner::asker::machine);
  CHECK(refused == 10'000 - 1 - node_runner::most_of_machine);
  CHECK(stored == 0);
  // Operators' orders have their own places in the queue.
  for (int i = 0; i < 100; ++i)
    runner.run(
        who.id, [&](const settled_node& at) { return rename(at, "web", "ops", all, {2000}); },
        [&](const result<sequence>& outcome) { ordered += outcome ? 1 : 0; });
  bool other = false; // whether another machine's change is done without waiting for this one
  runner.run(
      a_machine(2, 1).id, [](const settled_node& at) { return expire_candidate(at, {1000}); },
      [&](const result<sequence>& outcome) { other = outcome.ok(); });
  CHECK(other);
  while (!disk.idle())
    disk.answer_one(true);
  CHECK(stored == 1 + node_runner::most_of_machine);
  CHECK(ordered == node_runner::most_waiting - node_runner::most_of_machine);
  CHECK(runner.idle());
}

TEST_CASE("check 30: a change that was made for another machine is refused; it neither is stored nor takes a "
          "turn") {
  slow_disk disk;
  node_register all;
  std::optional<node_change> foreign;
  const auto of_other = [&](const settled_node&) { return result<std::optional<node_change>>{foreign}; };
  node_runner::ports ports{
      disk.reader(),
      [&](shared_batch batch, node_runner::landed landed) { disk.take(std::move(batch), std::move(landed)); },
      [](const node_id&, const settled_node&, const node_change&) {},
      [](const node_id&, node_change&) {},
      [](const node_id&, const fault&) {},
      of_other};
  node_runner runner{ports, all};
  const auto one = a_machine(1, 1);
  const auto other = a_machine(2, 1);
  runner.run(
      other.id,
      [&](const settled_node& at) -> result<node_change> {
        auto made = admit(at, other, false, {}, all, {1000});
        if (made) foreign = made->change;
        return fault{errc::denied, "not now"};
      },
      [](const result<sequence>&) {});
  REQUIRE(foreign.has_value());
  std::vector<errc> heard;
  for (int i = 0; i < 2; ++i)
    runner.run(
        one.id, [&](const settled_node&) { return result<node_change>{*foreign}; },
        [&](const result<sequence>& stored) {
          heard.push_back(stored ? errc::conflict : stored.fault().code);
        });
  CHECK(heard == std::vector<errc>{errc::internal, errc::internal});
  CHECK(disk.idle());
  CHECK(runner.idle());
}

TEST_CASE(
    "check 30: a change is decided on what became durable, not on what was there when it was asked for") {
  slow_disk disk;
  node_register all;
  node_runner runner{{disk.reader(),
                      [&](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
                     all};
  const auto who = a_machine(1, 1);
  const auto admit_one = [&](const settled_node& at) -> result<node_change> {
    auto made = admit(at, who, false, {}, all, {1000});
    if (!made) return made.fault();
    return std::move(made->change);
  };
  std::vector<std::string> seen; // names that the second and third change saw
  runner.run(who.id, admit_one, [](const result<sequence>&) {});
  for (const auto* name : {"a", "b"})
    runner.run(
        who.id,
        [&, name](const settled_node& at) {
          seen.push_back(at.node() ? at.node()->name : "unknown");
          return rename(at, name, "ops", all, {2000});
        },
        [](const result<sequence>&) {});
  CHECK(seen.empty());
  disk.answer_one(true);
  CHECK(seen == std::vector<std::string>{""}); // only one of them has run
  disk.answer_one(true);
  CHECK(seen == std::vector<std::string>{"", "a"});
  disk.answer_one(false);
  CHECK(record_of(disk.now(), who.id)->name == "a");
  CHECK(runner.idle());
  CHECK_FALSE(all.taken("b", a_machine(2, 1).id)); // a name that was not stored is free again
  CHECK(all.taken("a", a_machine(2, 1).id));
}

namespace {

/// A node whose record must be renewed before any other change.
struct renewed_first {
  slow_disk disk;
  node_register all;
  std::string wanted = "judged"; ///< the record is outdated until it has this name
  std::vector<std::string> seen; ///< names that other changes saw
  node_runner runner{{disk.reader(),
                      [this](shared_batch batch, node_runner::landed landed) {
                        disk.take(std::move(batch), std::move(landed));
                      },
                      [](const node_id&, const settled_node&, const node_change&) {},
                      [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {},
                      [this](const settled_node& at) -> result<std::optional<node_change>> {
                        if (!at.node() || at.node()->name == wanted) return std::optional<node_change>{};
                        return std::optional{rename(at, wanted, "service", all, {1000}).value()};
                      }},
                     all};

  void ask(const node_id& id, bool* told = nullptr) {
    runner.run(
        id,
        [this](const settled_node& at) -> result<node_change> {
          seen.push_back(at.node()->name);
          node_change out{at, change_source::people};
          out.batch.enter({1000}, "node", "busy", {});
          return out;
        },
        [told](const result<sequence>&) {
          if (told != nullptr) *told = true;
        });
  }
};

} // namespace

TEST_CASE("check 30: whoever keeps its record busy keeps no new policy from it") {
  renewed_first w;
  const auto who = a_machine(1, 1);
  w.runner.run(
      who.id,
      [&](const settled_node& at) -> result<node_change> {
        return std::move(admit(at, who, false, {}, w.all, {1000}).value().change);
      },
      [](const result<sequence>&) {});
  w.disk.answer_one(true);
  // Its requests queue up endlessly. The first one decided after the policy change comes after the renewal.
  for (int round = 0; round < 5; ++round) {
    w.seen.clear();
    for (int i = 0; i < 5; ++i)
      w.ask(who.id);
    const auto decided_before = w.seen.size();
    w.wanted = "judged-" + std::to_string(round);
    while (!w.disk.idle())
      w.disk.answer_one(true);
    REQUIRE(w.seen.size() == 5);
    for (std::size_t i = decided_before; i < w.seen.size(); ++i)
      CHECK(w.seen[i] == w.wanted);
  }
  // If the disk refuses the renewal, the other changes do not wait forever.
  w.wanted = "later";
  bool told = false;
  w.ask(who.id, &told);
  for (int i = 0; i < 2; ++i)
    w.disk.answer_one(false);
  CHECK(told);
  CHECK(w.runner.idle());
}
