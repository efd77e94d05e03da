// TBPROVISIONER: examines measured boot and judges it in plain words.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/node/machine.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster::node {

using tb_provisioner_actor = caf::typed_actor<
    // Surveys the machine through RAC Tools. Always answered.
    caf::replies_to<inspect_atom>::with<measured_boot>>;

} // namespace muster::node
