// The order in which the agent's actors start and stop, in one place.
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
  /// Opens the state, spawns every actor and connects. `on_left` is called once the service has unregistered
  /// this machine and there is nothing more to do. Null: the machine was unregistered already, and `log` says
  /// how to enrol again. fault: what the agent could not get, in words for people.
  static result<std::unique_ptr<running_agent>> start(caf::actor_system& system, std::string config_file,
                                                      settings::node_settings settings, runtime::log log,
                                                      std::function<void()> on_left);

  /// Says goodbye to the service, then ends the other actors, owners before what they own. Takes 2 s at most.
  /// False: an actor did not end by then, because the TPM may hold RAC Tools up. The process must then end at
  /// once.
  bool stop();

  /// SIGHUP: jitter and log level change at once. For every other changed setting the log says that it needs
  /// a restart.
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
