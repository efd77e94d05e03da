#include "tests/simulation/world.hpp"

#include <caf/all.hpp>

namespace muster::simulation {

namespace {

constexpr std::uint64_t wall_ms_at_start = 1'800'000'000'000;

} // namespace

class world::model_clock final : public runtime::clock {
public:
  explicit model_clock(caf::scheduler::test_coordinator& of) : of_{of} {}
  boot_time since_boot() const noexcept override { return {booted_ms_ago + passed()}; }
  wall_time wall() const noexcept override {
    return {wall_ms_at_start + passed() + static_cast<std::uint64_t>(jumped)};
  }
  boot_id boot() const noexcept override { return {{3}}; }

  std::int64_t jumped = 0;

private:
  std::uint64_t passed() const noexcept {
    const auto since = of_.clock().current_time.time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
  }
  caf::scheduler::test_coordinator& of_;
};

world::config::config() { set("scheduler.policy", caf::atom("testing")); }

world::world(std::uint64_t seed, std::uint64_t passed_ms)
    : dice_{seed}, system_{config_}, scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(
                                         system_.scheduler())},
      model_{std::make_shared<model_clock>(scheduler_)}, clock_{model_} {
  scheduler_.advance_time(std::chrono::milliseconds{passed_ms});
}

world::~world() {
  // Orders that are never settled expire by themselves, and the system waits for them.
  while (scheduler_.has_job() || scheduler_.has_pending_timeout()) {
    scheduler_.run();
    if (scheduler_.has_pending_timeout()) scheduler_.trigger_timeout();
  }
}

bool world::step() {
  auto& jobs = scheduler_.jobs;
  if (jobs.empty()) return false;
  auto chosen = dice_.below(jobs.size());
  if (jobs[chosen] == held_ && holds()) {
    if (jobs.size() == 1) return false;
    chosen = (chosen + 1) % jobs.size();
  }
  std::swap(jobs.front(), jobs[chosen]);
  scheduler_.run_once();
  ++steps_;
  return true;
}

void world::pass() {
  if (!scheduler_.has_pending_timeout())
    scheduler_.advance_time(std::chrono::seconds{1});
  else
    scheduler_.trigger_timeout();
}

void world::jump(std::int64_t milliseconds) { model_->jumped += milliseconds; }

void world::kill(const std::vector<caf::actor>& whom) {
  let_go();
  // An exit message would wait after earlier messages. An actor that has quit handles no more messages.
  const auto each = [&](auto&& act) {
    for (const auto& one : whom)
      if (auto* who = dynamic_cast<caf::scheduled_actor*>(caf::actor_cast<caf::abstract_actor*>(one)))
        act(*who);
  };
  each([](caf::scheduled_actor& one) { one.quit(caf::exit_reason::kill); });
  each([](caf::scheduled_actor& one) {
    one.context(nullptr); // the context of its newest step is gone
    one.finalize();
  });
}

} // namespace muster::simulation
