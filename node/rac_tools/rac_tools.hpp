// The RAC Tools actor.
#pragma once

#include "actors/node/rac_tools.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "settings/node_settings.hpp"
#include "tpm/device/address.hpp"

#include <caf/fwd.hpp>

namespace muster::node {

struct rac_tools_deps {
  tpm::chip_address chip;
  settings::platform_files files;
  std::shared_ptr<const runtime::clock> clock; ///< says which boot this is
  runtime::log log;
};

/// Detached, because a TPM is slow.
rac_tools_actor spawn_rac_tools(caf::actor_system& system, rac_tools_deps deps);

} // namespace muster::node
