// One round of a load against a service, and its cost.
#pragma once

#include "bench/load.hpp"
#include "bench/service.hpp"
#include "bench/signature_verify.hpp"

namespace muster::bench {

struct round_cost {
  double service_us = 0; ///< CPU time of the service for each turn
  double verify_us = 0;  ///< for each verification meanwhile

  double ratio() const noexcept { return service_us / verify_us; }
};

/// Has the load do `what` `times` times. The verifications run meanwhile, under the same load and clock
/// frequency as the service.
result<round_cost> measure_round(const service& measured, load& by, signature_verify& unit, task what,
                                 std::size_t times);

} // namespace muster::bench
