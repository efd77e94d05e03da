// The manufacturing of a TPM.
#pragma once

#include "lab/vendor.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"

#include <string>
#include <vector>

namespace muster::lab {

/// Which EK certificate the maker leaves in the TPM.
enum class endorsement_choice { none, p256, rsa2048, p384 };

struct manufacture_plan {
  endorsement_choice endorsement = endorsement_choice::p256;
  std::vector<hash_algorithm> banks{hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384};
  std::string hostname; ///< empty: the name of the folder
};

/// Makes a TPM's state in `folder`/tpm: its seeds, its PCR banks, and in NV the EK certificate with its
/// chain. The TPM is off before and after. `maker` may be null only for an endorsement of none.
status manufacture(const std::filesystem::path& folder, const vendor* maker, const manufacture_plan& plan);

/// Gives the TPM in `folder` exactly these PCR banks. The TPM must be off.
status set_banks(const std::filesystem::path& folder, const std::vector<hash_algorithm>& banks);

} // namespace muster::lab
