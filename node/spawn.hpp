// Birth and death order of the agent's actors, in one place.
#pragma once

#include "actors/runtime/log.hpp"
#include "messages/vocabulary/result.hpp"
#include "settings/node_settings.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace muster::node {

runtime::log_level log_level_of(settings::log_level level) noexcept;

/// The running agent.
class running_agent {
public:
  /// Opens the state, spawns every actor and connects. `on_left`: the service unregistered this machine, and
  /// there is nothing more to do. Null: that was so before the start, and `log` says how to enrol again.
  /// fault: what cannot be had, in words for people.
  static result<std::unique_ptr<running_agent>> start(caf::actor_system& system, std::string config_file,
                                                      settings::node_settings settings, runtime::log log,
                                                      std::function<void()> on_left);

  /// Says goodbye to the service, then ends the others, owners before what they own. Takes 2 s at most. False
  /// if somebody did not end by then: the TPM may keep RAC Tools waiting. The process must end at once then.
  bool stop();

  /// SIGHUP: jitter and log level change at once; of the rest the log says that it needs a restart.
  void reload();

  ~running_agent();
  running_agent(const running_agent&) = delete;
  running_agent& operator=(const running_agent&) = delete;

private:
  struct parts;
  explicit running_agent(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

} // namespace muster::node
