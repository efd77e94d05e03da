// The Verifier actor.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/verifier.hpp"

#include <caf/stateful_actor.hpp>

namespace muster::service {

verifier_actor::behavior_type verifier(verifier_actor::pointer self, runtime::log log);

} // namespace muster::service
