// Machines, people and a slow disk around node runners: every order of changes, by a seed.
#pragma once

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

namespace muster::service::one_change {

inline constexpr std::uint8_t machines = 4;
inline const std::array<std::string, 4> some_names{"web-1", "web-2", "db", "spare"};

inline proven_machine a_machine(std::uint8_t number, std::uint8_t key) {
  proven_machine out;
  out.id.raw[0] = number;
  out.ek_public = bytes{number};
  out.ak_public = bytes{number, 1};
  out.node_spki = bytes{number, key};
  out.source = "192.0.2." + std::to_string(number) + ":1";
  return out;
}

inline std::optional<node_record> record_of(const liar::memory_store& store, const node_id& id) {
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

inline on_disk as_messages(const node_entry& entry) {
  if (!entry.node) return {};
  return {muster::to_bytes(to_record(*entry.node).content()),
          muster::to_bytes(to_record(*entry.state).content())};
}

inline on_disk as_messages(const liar::memory_store& store, const node_id& id) {
  const auto node = record_of(store, id);
  const bool has_state = store.snapshot(id)->state.ok();
  if (!node) REQUIRE_FALSE(has_state);
  if (!node) return {};
  return as_messages(
      {std::make_shared<const node_record>(*node), std::make_shared<const node_state>(store.state(id))});
}

/// An attestation of the open session that failed, or needs whole logs.
inline decision_request an_attestation(const settled_node& at, const context_ptr& context, bool failed) {
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

} // namespace muster::service::one_change
