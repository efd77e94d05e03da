// Birth and death order of the service's actors, in one place.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/config.hpp"
#include "messages/vocabulary/result.hpp"
#include "service/config/load_configuration.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace muster::service {

/// The running service. Everything that outlives one message is in here.
class running_service {
public:
  /// Opens the store, loads or makes the CA keys, spawns every actor and listens. fault: what cannot be had,
  /// in words for the operator; nothing is left behind.
  static result<std::unique_ptr<running_service>> start(caf::actor_system& system, std::string config_file,
                                                        configuration configured, runtime::log log);

  /// docs/design.md 4, order of stopping: REST, listeners and sessions, TrustMgr, the store's last commit.
  /// Each step is bounded; then the process ends anyway. True if every step ended by itself.
  bool stop();

  /// SIGHUP.
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
