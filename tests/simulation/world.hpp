// One scheduler and one clock for everything that happens in a simulated life.
#pragma once

#include "actors/runtime/clock.hpp"
#include "tests/liar/dice.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <memory>

namespace muster::simulation {

/// Every actor of the system runs here, one message at a time. The dice choose the next actor among all that
/// could run. CAF's delayed messages and the product's clock share one clock, which moves when no actor can
/// run.
class world {
public:
  /// The clock starts as if `passed_ms` had passed already.
  explicit world(std::uint64_t seed, std::uint64_t passed_ms = 0);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  caf::actor_system& system() noexcept { return system_; }
  liar::dice& dice() noexcept { return dice_; }
  const std::shared_ptr<const runtime::clock>& clock() const noexcept { return clock_; }
  std::uint64_t now_ms() const noexcept { return clock_->since_boot().milliseconds; }
  /// Time since the clock was made, including what had passed at the start.
  std::uint64_t passed_ms() const noexcept { return now_ms() - booted_ms_ago; }
  std::uint64_t steps() const noexcept { return steps_; }

  /// Runs one message of one actor. False: no actor could run.
  bool step();
  /// Moves the clock to the next delayed message.
  void pass();
  /// Makes the wall clock, and no other, jump by so much.
  void jump(std::int64_t milliseconds);

  /// Keeps this actor from running until then, as if it hung in the disk.
  template <class Handle> void hold(const Handle& whom, std::uint64_t until_ms) {
    held_ = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(whom));
    held_until_ = until_ms;
  }
  bool holds() const noexcept { return held_ != nullptr && now_ms() < held_until_; }
  void let_go() noexcept { held_ = nullptr; }

  /// Runs one message of this actor.
  template <class Handle> void run_once(const Handle& whom) {
    if (scheduler_.prioritize(whom)) scheduler_.run_once();
  }
  /// Runs only this actor until it has no more messages.
  template <class Handle> void run_alone(const Handle& whom) {
    while (scheduler_.prioritize(whom))
      scheduler_.run_once();
  }

  /// Ends these actors at once: none of them handles another message.
  void kill(const std::vector<caf::actor>& whom);

private:
  static constexpr std::uint64_t booted_ms_ago = 1'000'000;
  class model_clock;
  struct config : caf::actor_system_config {
    config();
  };

  liar::dice dice_;
  config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::shared_ptr<model_clock> model_;
  std::shared_ptr<const runtime::clock> clock_;
  caf::resumable* held_ = nullptr;
  std::uint64_t held_until_ = 0;
  std::uint64_t steps_ = 0;
};

} // namespace muster::simulation
