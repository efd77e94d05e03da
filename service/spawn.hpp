// The whole service: the core, and the doors in front of it. Doors are spawned and stopped here; core.cpp and
// stopper.cpp do so for the core.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/config.hpp"
#include "messages/vocabulary/result.hpp"
#include "service/config/load_configuration.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <memory>

namespace muster::service {

/// The running service. It owns everything that outlives one message.
class running_service {
public:
  /// Opens the store, loads or makes the CA keys, spawns every actor and listens. fault: something is not
  /// available, in words for the operator; nothing is left running.
  static result<std::unique_ptr<running_service>> start(caf::actor_system& system, std::string config_file,
                                                        configuration configured, runtime::log log);

  /// Stops in order (docs/design.md 4, order of stopping): REST, listeners and sessions, TrustMgr, the
  /// store's last commit. All of it takes about `stop_within` at most. True if every step ended by itself. If
  /// not, some actor still waits, and the caller must end the process without waiting for it.
  bool stop();
  static constexpr std::chrono::seconds stop_within{15};

  /// For SIGHUP.
  void reload();

  ~running_service();
  running_service(const running_service&) = delete;
  running_service& operator=(const running_service&) = delete;

private:
  struct parts;
  explicit running_service(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

} // namespace muster::service
