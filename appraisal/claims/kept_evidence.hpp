// Evidence as it is kept: all that is needed to verify it again.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <vector>

namespace muster::appraisal {

/// Part 0 as it was received, and the channel to which it is bound.
struct kept_evidence {
  bytes manifest;              ///< flat message Manifest
  bytes attest;                ///< TPMS_ATTEST
  bytes signature;             ///< TPMT_SIGNATURE
  std::vector<pcr_claim> pcrs; ///< sent along with the quote: hints
  bytes32 nonce{};
  bytes32 exporter{};
  bytes node_spki; ///< DER
  bytes ak_public; ///< TPMT_PUBLIC

  friend bool operator==(const kept_evidence&, const kept_evidence&) = default;
};

} // namespace muster::appraisal
