// Machines with join tokens around a node runner, on a disk that is slow, fails, and loses what is under way in a
// crash: every order of events, by a seed.
#pragma once

#include "standing/join_register.hpp"
#include "tests/standing/one_change_world.hpp"

namespace muster::service::one_change {

inline constexpr std::uint8_t joiners = 8;
inline constexpr std::uint8_t tokens = 3;

inline node_id joiner_id(std::uint8_t number) {
  node_id out;
  out.raw[0] = number;
  return out;
}

class join_world {
public:
  explicit join_world(std::uint32_t seed) : dice_{seed} {
    for (std::uint8_t i = 0; i < tokens; ++i) {
      join_token_order order{"group-" + std::to_string(i), "", std::uint32_t{1} + i};
      order.expires = std::chrono::milliseconds{400};
      const auto made = new_join_token(order, bytes32{i}, {0}, 0);
      write_batch batch;
      batch.put<tables::join_tokens>({made.digest}, to_record(made));
      store_->apply(batch);
    }
    start();
  }

  void step() {
    now_.milliseconds += dice_() % 4;
    if (dice_() % 97 == 0) return crash();
    if (!waiting_.empty() && dice_() % 2 == 0) return answer_one(dice_() % 4 != 0);
    ask();
  }

  /// A new process on what the disk took: any number of the batches under way, in their order.
  void crash() {
    for (auto left = dice_() % (waiting_.size() + 1); left > 0; --left)
      apply_first();
    waiting_.clear();
    start();
  }

  void settle() {
    while (!waiting_.empty())
      answer_one(true);
  }

  /// The properties, on the records.
  void check() const {
    std::map<bytes32, std::uint32_t> used;
    const auto uses = store_->page<tables::join_uses>(std::nullopt, 1024).value();
    for (const auto& one : uses)
      ++used[join_use_from(one.record.value())->token];
    for (std::uint8_t i = 0; i < tokens; ++i)
      REQUIRE(used[bytes32{i}] <= std::uint32_t{1} + i);
    for (std::uint8_t i = 0; i < joiners; ++i) {
      const auto record = record_of(*store_, joiner_id(i));
      const auto use = store_->get<tables::join_uses>(joiner_id(i));
      const bool forgotten = store_->get<tables::forgotten>(joiner_id(i)).ok();
      if (record && record->admitted_by.starts_with("token ")) { // an admission has its use ...
        REQUIRE(use.ok());
        const auto token = join_use_from(*use)->token;
        REQUIRE(record->admitted_by == "token " + join_token_id(token));
        REQUIRE(record->group == "group-" + std::to_string(token[0]));
        REQUIRE(record->generation.value == 1);
        REQUIRE_FALSE(forgotten); // ... and was of a machine that had never been there
      } else if (use)             // ... and a use its admission, whatever became of the machine
        REQUIRE((forgotten || (record && record->generation.value > 1)));
    }
  }

  std::size_t admitted() const { return admitted_; }

private:
  void apply_first() {
    store_->apply(*waiting_.front().first);
    waiting_.pop_front();
  }
  void answer_one(bool stored) {
    auto [batch, landed] = std::move(waiting_.front());
    waiting_.pop_front();
    if (stored) store_->apply(*batch);
    landed(stored ? result<sequence>{sequence{1}} : fault{errc::io, "disk: it is full"});
    check();
  }

  /// What a start reads, as service/trust_mgr/inventory.cpp does.
  void start() {
    joins_ = {};
    all_ = {};
    const auto tokens_kept = store_->page<tables::join_tokens>(std::nullopt, 1024).value();
    const auto uses_kept = store_->page<tables::join_uses>(std::nullopt, 1024).value();
    for (const auto& one : tokens_kept)
      joins_.settle(join_token_from(one.key.raw, one.record.value()).value());
    for (const auto& one : uses_kept)
      joins_.note(one.key, join_use_from(one.record.value()).value());
    runner_ = std::make_unique<node_runner>(
        node_runner::ports{store_,
                           [this](shared_batch batch, node_runner::landed landed) {
                             waiting_.emplace_back(std::move(batch), std::move(landed));
                           },
                           [](const node_id&, const settled_node&, const node_change&) {},
                           [](const node_id&, node_change&) {}, [](const node_id&, const fault&) {}},
        all_);
    check();
  }

  /// As TrustMgr asks for it.
  void admit_one(const proven_machine& who) {
    const auto held = std::make_shared<std::optional<join_use>>();
    runner_->run(
        who.id,
        [this, who, held](const settled_node& at) -> result<node_change> {
          join_offer offer;
          offer.known_before =
              store_->get<tables::forgotten>(who.id).ok() || store_->get<tables::join_uses>(who.id).ok();
          if (const auto* token = joins_.usable(who.token.value_or(bytes32{99}), now_, 0))
            offer.token = *token;
          const bool revoked = store_->get<tables::revocations>(who.id).ok();
          auto made = admit(at, who, revoked, {}, all_, now_, offer);
          if (!made) return made.fault();
          if (!made->answer.join_used) return std::move(made->change);
          *held = join_use{*made->answer.join_used, now_};
          joins_.hold((*held)->token);
          return std::move(made->change);
        },
        [this, held, id = who.id](const result<sequence>& stored) {
          if (!*held) return;
          if (!stored) return joins_.give_back((*held)->token);
          joins_.keep(id, **held);
          ++admitted_;
        });
  }

  void ask() {
    const auto number = static_cast<std::uint8_t>(dice_() % joiners);
    auto who = a_machine(number, static_cast<std::uint8_t>(dice_() % 2));
    who.id = joiner_id(number);
    if (dice_() % 8 == 0) who.ak_public = bytes{number, 2}; // a new generation
    if (dice_() % 8 != 0) who.token = bytes32{static_cast<std::uint8_t>(dice_() % (tokens + 1))};
    switch (dice_() % 16) {
    case 0:
      return runner_->run(
          who.id, [this](const settled_node& at) { return forget(at, "ops", now_); }, quiet);
    case 1:
      return runner_->run(
          who.id, [this](const settled_node& at) { return revoke(at, "", "ops", now_); }, quiet);
    case 2:
    case 3:
      return runner_->run(
          who.id,
          [this, who](const settled_node& at) {
            const auto key = fingerprint_of(who.ek_public, who.ak_public, who.node_spki);
            return approve(at, {who.id, bytes{key.begin(), key.end()}, "", "", "ops"}, all_, now_);
          },
          quiet);
    default: return admit_one(who);
    }
  }

  static void quiet(const result<sequence>&) {}

  std::mt19937 dice_;
  std::shared_ptr<liar::memory_store> store_ = std::make_shared<liar::memory_store>();
  std::deque<std::pair<shared_batch, node_runner::landed>> waiting_;
  node_register all_;
  join_register joins_;
  std::unique_ptr<node_runner> runner_;
  wall_time now_{1};
  std::size_t admitted_ = 0;
};

} // namespace muster::service::one_change
