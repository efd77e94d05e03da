// What firmware, kernel and manufacturer do to a TPM. For lab/ and tests: no program that is installed
// includes this.
#pragma once

#include "crypto/digest.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "tpm/device/chip.hpp"

#include <vector>

namespace muster::tpm::laboratory {

struct bank_digest {
  hash_algorithm bank = hash_algorithm::sha256;
  crypto::digest value;
};

/// TPM2_PCR_Extend in all given banks at once. Banks that the TPM does not have are ignored by it.
status extend(chip& tpm, unsigned pcr, const std::vector<bank_digest>& digests);

/// TPM2_PCR_Allocate: all 24 PCRs in each of `banks`, none in any other. Takes effect at the next reset.
status allocate_banks(chip& tpm, const std::vector<hash_algorithm>& banks);

/// TPM2_Shutdown(CLEAR): what an operating system does before the power goes. Without it the TPM calls its
/// clock unsafe after the next start.
status shutdown(chip& tpm);

} // namespace muster::tpm::laboratory
