// What all simulated lives share, made once, the same in each process: keys, a vendor of TPMs, machines.
#pragma once

#include "service/core.hpp"
#include "tests/simulation/attester.hpp"

#include <chrono>

namespace muster::simulation {

/// Of whatever attested.
inline constexpr std::chrono::milliseconds lease{9000};

struct stock {
  stock();

  std::shared_ptr<const service::authorities> keys;
  service::vendor_trust_ptr vendors;
  bytes intermediate;             ///< of the vendor, DER
  std::vector<attester> machines; ///< good ones, each with keys of its own; never enrolled

  /// By what the service works unless a life says otherwise: seconds where people have minutes.
  static service::configuration configured();
};

const stock& shared_stock();

} // namespace muster::simulation
