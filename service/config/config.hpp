// The Config actor.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/config.hpp"
#include "service/config/load_configuration.hpp"

#include <caf/stateful_actor.hpp>

#include <functional>

namespace muster::service {

/// Puts what was read into force.
using commit = std::function<void()>;

struct config_deps {
  std::string file;
  settings::service_settings in_force;
  /// Reads the files that a new configuration names, and returns what puts them into force. All of them come before
  /// any subscriber: if one gives a fault, the reload is refused and nothing changes.
  std::vector<std::function<result<commit>(const configuration&)>> readers;
  /// Called with the new configuration, on this actor's thread: sends a message or swaps a pointer, and
  /// returns.
  std::vector<std::function<void(const configuration&)>> subscribers;
  runtime::log log;
};

struct config_state {
  config_deps deps;
};

config_actor::behavior_type config(config_actor::stateful_pointer<config_state> self, config_deps deps);

} // namespace muster::service
