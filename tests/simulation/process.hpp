// One process of the service, from its start to its death.
#pragma once

#include "tests/simulation/clear_channel.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/stock.hpp"
#include "tests/simulation/world.hpp"

namespace muster::simulation {

/// The real core over the disk, and a Session for each pipe that is opened. No broker, no REST.
class process {
public:
  /// Starts; what is on the disk is what it knows.
  process(world& in, disk& over, const service::configuration& configured, runtime::log log);
  ~process() { crash(); }
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// A peer connects: what the broker's acceptor does.
  service::session_actor open(net::pipe_opened pipe, channel_identity peer);

  /// Nothing of it handles another message. What is on the disk stays.
  void crash();

  /// SIGTERM: sessions hear of it, and the core ends in its order, within that time.
  void stop(std::chrono::milliseconds within);
  bool stopping() const noexcept { return stopped_ != nullptr; }
  /// Whether each step of the stop ended by itself. Empty: it is not over.
  std::optional<bool> stopped() const { return stopped_ ? *stopped_ : std::nullopt; }

  const service::service_core& core() const noexcept { return core_; }
  const service::store_reader& reader() const noexcept { return *core_.ports.reader; }

private:
  world& world_;
  service::service_core core_;
  service::session_deps_ptr sessions_;
  std::vector<service::session_actor> open_;
  std::vector<caf::actor> actors_; ///< for `crash`
  std::shared_ptr<std::optional<bool>> stopped_;
};

} // namespace muster::simulation
