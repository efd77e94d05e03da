// What is on record about a node's boot, as claims again.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "records/node_record.hpp"
#include "records/store_batch.hpp"
#include "records/store_port.hpp"

namespace muster::service {

struct recorded_claims {
  appraisal::boot_claims boot;
  appraisal::file_claims files;
};

/// As they are put on record, from claim `first` on. Without boot_aggregate, which is judged with the boot.
/// Each violation once: at most `file_claims::max_names`, and one without a name.
std::vector<file_claim> claims_for_record(const appraisal::file_claims& files, std::size_t first = 0);

/// What is on record about a file, as the claim that it was. A view of `file`.
appraisal::file_claim claim_on_record(const file_claim_view& file);

/// Reads the claims that the service verified and recorded for this boot of `id`. fault not_found: none are.
result<recorded_claims> read_recorded_claims(const store_reader& store, const node_id& id,
                                             const node_state& state);

} // namespace muster::service
