// The service of a fleet in memory: the core that the program spawns, over a database of its own, with a
// clock and a disk that the test controls.
#pragma once

#include "actors/runtime/system_config.hpp"
#include "records/record_codec.hpp"
#include "service/core.hpp"
#include "tests/service/made_authorities.hpp"
#include "tests/service/store/fixture.hpp"
#include "tests/service/store/full_disk.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <chrono>

namespace muster::service::fleet_test {

class settable_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {now_.load()}; }
  wall_time wall() const noexcept override { return {1'700'000'000'000 + now_.load()}; }
  boot_id boot() const noexcept override { return {{3}}; }
  void pass(std::chrono::milliseconds time) { now_ += static_cast<std::uint64_t>(time.count()); }

private:
  std::atomic<std::uint64_t> now_{1'000'000};
};

struct few_threads : runtime::system_config {
  few_threads() : runtime::system_config{scheduler{2, 64}} {}
};

class fleet_service {
public:
  explicit fleet_service(const reference_rules& rules) {
    auto& wanted = configured_.settings.references;
    wanted.guard_percent = rules.guard_percent;
    wanted.settle = rules.settle;
    wanted.check_every = rules.check_every;
    opened_ = open_database(folder_.options()).value();
  }
  ~fleet_service() { stop(); }
  fleet_service(const fleet_service&) = delete;
  fleet_service& operator=(const fleet_service&) = delete;

  std::shared_ptr<settable_clock> clock = std::make_shared<settable_clock>();

  const service_core& core() const noexcept { return core_; }
  const store_reader& reader() const { return *opened_->reader; }
  caf::actor_system& system() { return *system_; }

  /// Call before `start`: what is on record when the service starts.
  void admit(write_batch batch) { REQUIRE(store_test::commit(*opened_, std::move(batch)).ok()); }

  void start() {
    if (!opened_) opened_ = open_database(folder_.options()).value();
    system_ = std::make_unique<caf::actor_system>(config_);
    core_ = {};
    const auto spawned = core_.spawn(
        *system_,
        {opened_->reader, std::make_shared<store_test::disk_that_fills>(std::move(opened_->writer), full_),
         clock, runtime::log::to([](std::string_view) {}, runtime::log_level::error), keys_, vendors_},
        configured_, {runtime::threading::own, 1});
    REQUIRE_MESSAGE(spawned.ok(), spawned.fault().check);
  }

  void stop() {
    if (!system_) return;
    {
      caf::scoped_actor self{*system_};
      CHECK(core_.stop(self, patience));
    }
    core_ = {};
    system_.reset();
    opened_.reset();
  }

  /// With `full`, nothing becomes durable any more.
  void fill_disk(bool full) { *full_ = full; }
  /// What `/readyz` asks.
  status storing() const { return core_.watch->healthy(clock->since_boot()); }
  /// The vendors that vouch from now on.
  void vouch_by(vendor_trust trust) {
    vendors_ = std::make_shared<const vendor_trust>(std::move(trust));
    core_.vendors->store(vendors_);
  }
  /// What the next start finds in the configuration.
  void configure(const appraisal::policy& base) { configured_.base = base; }

  template <class Answer, class Handle, class... Message>
  Answer ask_about(const Handle& whom, Message... message) {
    caf::scoped_actor self{*system_};
    Answer out{fault{errc::timeout, "no answer"}};
    self->request(whom, patience, std::move(message)...)
        .receive([&](const Answer& answer) { out = answer; }, [](const caf::error&) {});
    return out;
  }
  /// Puts records into the store without their owner's knowledge.
  void lay(write_batch batch) {
    REQUIRE(ask_about<commit_outcome>(core_.store, std::move(batch).seal()).ok());
  }

  static constexpr std::chrono::seconds patience{120};

private:
  store_test::temporary_folder folder_;
  std::shared_ptr<const authorities> keys_ =
      std::make_shared<const authorities>(made_authorities({{1'600'000'000'000}, {2'200'000'000'000}}));
  configuration configured_;
  vendor_trust_ptr vendors_; // null at first: records keep their level
  std::shared_ptr<std::atomic<bool>> full_ = std::make_shared<std::atomic<bool>>(false);
  few_threads config_;
  std::optional<database> opened_;
  std::unique_ptr<caf::actor_system> system_;
  service_core core_;
};

} // namespace muster::service::fleet_test
