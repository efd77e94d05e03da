// What is on record about a node's boot, as claims again.
#pragma once

#include "actors/service/node_record.hpp"
#include "actors/service/store_port.hpp"
#include "appraisal/claims.hpp"
#include "appraisal/file_claims.hpp"

namespace muster::service {

struct recorded_claims {
  appraisal::boot_claims boot;
  appraisal::file_claims files;
};

/// What a file on record is. No content has a digest of zeros: the kernel writes it where it could not
/// measure.
appraisal::file_kind kind_on_record(const file_claim_view& file) noexcept;

/// Reads the claims that the service verified and recorded for this boot of `id`. fault not_found: none are.
result<recorded_claims> read_recorded_claims(const store_reader& store, const node_id& id,
                                             const node_state& state);

} // namespace muster::service
