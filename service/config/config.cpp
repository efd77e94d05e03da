#include "service/config/config.hpp"

#include "actors/runtime/guard.hpp"
#include "service/config/load_configuration.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

void refuse(const config_deps& deps, const fault& why) {
  deps.log.error("config.refused", {{"file", deps.file}, runtime::fault_check(why)});
}

void reload(config_state& state) {
  auto& deps = state.deps;
  auto read = load_configuration(deps.file);
  if (!read) return refuse(deps, read.fault());
  const auto only_at_start = settings::needs_restart(deps.in_force, read->settings);
  read->settings = settings::reloaded(deps.in_force, std::move(read->settings));
  std::vector<commit> ready;
  for (const auto& reader : deps.readers) {
    auto made = reader(*read);
    if (!made) return refuse(deps, made.fault());
    ready.push_back(*std::move(made));
  }
  for (const auto& key : only_at_start)
    deps.log.warning("config.needs_restart", {{"key", key}});
  for (const auto& into_force : ready)
    into_force();
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
