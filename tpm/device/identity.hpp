// What a TPM says about itself.
#pragma once

#include "messages/vocabulary/hash_algorithm.hpp"
#include "tpm/device/chip.hpp"

#include <string>
#include <vector>

namespace muster::tpm {

/// Fixed properties (TPM 2.0 Part 2, 6.13). All of this is the TPM's word over an unprotected bus: for
/// display and advice only. Facts that matter come from a quote or from the EK certificate.
struct chip_identity {
  std::string manufacturer;   ///< the TCG's vendor id as text, for example "IBM", "IFX", "STM"; printable
  std::string vendor;         ///< vendor string, for example "SW TPM"; printable
  std::uint64_t firmware = 0; ///< as in TPMS_ATTEST: two 32-bit halves with a vendor-specific meaning
  /// The PCR banks with at least one allocated PCR, in the TPM's order. Banks with unknown hashes are left
  /// out.
  std::vector<hash_algorithm> banks;
};

result<chip_identity> read_identity(chip& tpm);

/// The counters of TPM2_ReadClock, unsigned: a hint about what a quote will say.
struct clock_reading {
  std::uint64_t clock = 0; ///< milliseconds that the TPM was powered, over its life
  std::uint32_t reset_count = 0;
  std::uint32_t restart_count = 0;
  bool safe = false; ///< no higher value of `clock` was ever reported
};

result<clock_reading> read_clock(chip& tpm);

} // namespace muster::tpm
