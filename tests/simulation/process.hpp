// One process of the service, from its start to its end.
#pragma once

#include "tests/simulation/clear_channel.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/stock.hpp"
#include "tests/simulation/world.hpp"

namespace muster::simulation {

/// The real core on the disk, with a Session for each open pipe. No broker, no REST.
class process {
public:
  /// Starts the core on the content of the disk.
  process(world& in, disk& over, const service::configuration& configured, runtime::log log);
  ~process() { crash(); }
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Connects a peer, as the broker's acceptor does.
  service::session_actor open(net::pipe_opened pipe, channel_identity peer);

  /// Ends all actors at once: none handles another message. The disk keeps its content.
  void crash();

  /// SIGTERM: notifies the sessions and stops the core in its order, within that time.
  void stop(std::chrono::milliseconds within);
  bool stopping() const noexcept { return stopped_ != nullptr; }
  /// Whether each step of the stop ended by itself. Empty: the stop is still under way.
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
