// The TBProvisioner actor.
#pragma once

#include "actors/node/rac_tools.hpp"
#include "actors/node/tb_provisioner.hpp"
#include "actors/runtime/log.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster::node {

tb_provisioner_actor::behavior_type tb_provisioner(tb_provisioner_actor::pointer self, rac_tools_actor tools,
                                                   runtime::log log);

} // namespace muster::node
