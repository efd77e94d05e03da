#include "service/config/config.hpp"

#include "actors/runtime/guard.hpp"
#include "service/config/load_configuration.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

void reload(config_state& state) {
  auto& deps = state.deps;
  auto read = load_configuration(deps.file);
  if (!read) {
    deps.log.error("config.refused", {{"file", deps.file}, runtime::fault_check(read.fault())});
    return;
  }
  for (const auto& key : settings::needs_restart(deps.in_force, read->settings))
    deps.log.warning("config.needs_restart", {{"key", key}});
  read->settings = settings::reloaded(deps.in_force, std::move(read->settings));
  for (const auto& tell : deps.subscribers)
    tell(*read);
  deps.in_force = std::move(read->settings);
  deps.log.info("config.reloaded", {{"file", deps.file}});
}

} // namespace

config_actor::behavior_type config(config_actor::stateful_pointer<config_state> self, config_deps deps) {
  self->state.deps = std::move(deps);
  runtime::guard(*self, self->state.deps.log, "config");
  return {[self](reload_atom) { reload(self->state); }};
}

} // namespace muster::service
