#include "service/config/config.hpp"

#include "actors/runtime/guard.hpp"
#include "service/config/load_settings.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

void reload(config_state& state) {
  auto& deps = state.deps;
  auto read = load_settings(deps.file);
  if (!read) {
    deps.log.error("config.refused", {{"file", deps.file}, runtime::fault_check(read.fault())});
    return;
  }
  for (const auto& key : settings::needs_restart(deps.in_force, *read))
    deps.log.warning("config.needs_restart", {{"key", key}});
  deps.in_force = std::move(*read);
  for (const auto& tell : deps.subscribers)
    tell(deps.in_force);
  deps.log.info("config.reloaded", {{"file", deps.file}});
}

} // namespace

config_actor::behavior_type config(config_actor::stateful_pointer<config_state> self, config_deps deps) {
  self->state.deps = std::move(deps);
  runtime::guard(*self, self->state.deps.log, "config");
  return {[self](reload_atom) { reload(self->state); }};
}

} // namespace muster::service
