// Shared by all simulated lives, made once and the same in each process: keys, a TPM vendor, machines.
#pragma once

#include "service/core.hpp"
#include "tests/simulation/attester.hpp"

#include <chrono>

namespace muster::simulation {

/// The lease of every verdict.
inline constexpr std::chrono::milliseconds lease{9000};

struct stock {
  stock();

  std::shared_ptr<const service::authorities> keys;
  service::vendor_trust_ptr vendors;
  bytes intermediate;             ///< CA of the vendor, DER
  std::vector<attester> machines; ///< good ones, each with its own keys; never enrolled

  /// The service's configuration unless a life changes it, with seconds where real ones have minutes.
  static service::configuration configured();
};

const stock& shared_stock();

} // namespace muster::simulation
