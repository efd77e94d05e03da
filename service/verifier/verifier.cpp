#include "service/verifier/verifier.hpp"

#include "actors/runtime/guard.hpp"
#include "protocol/evidence_step.hpp"

#include <caf/all.hpp>

namespace muster::service {

verifier_actor::behavior_type verifier(verifier_actor::pointer self, runtime::log log) {
  runtime::guard(*self, log, "verifier");
  return {[](evidence_parts& some) { return take_evidence(std::move(some)); }};
}

} // namespace muster::service
