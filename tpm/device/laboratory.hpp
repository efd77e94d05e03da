// What firmware, kernel and manufacturer do to a TPM. For lab/ and tests: no installed program includes it.
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

/// TPM2_PCR_Extend in all given banks at once. The TPM ignores banks that it does not have.
status extend(chip& tpm, unsigned pcr, const std::vector<bank_digest>& digests);

/// TPM2_PCR_Allocate: all 24 PCRs in each of `banks`, and none in any other bank. Takes effect at the next
/// reset.
status allocate_banks(chip& tpm, const std::vector<hash_algorithm>& banks);

/// TPM2_Shutdown(CLEAR): what an operating system does before power-off. Without it, the TPM reports its
/// clock as unsafe after the next start.
status shutdown(chip& tpm);

} // namespace muster::tpm::laboratory
