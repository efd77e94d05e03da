// Converts between claims about a boot and what is on record of them.
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

/// The claims from `first` on, as they go on record. Without boot_aggregate, which is judged with the boot.
/// Each violation once: at most `file_claims::max_names`, and one without a name.
std::vector<file_claim> claims_for_record(const appraisal::file_claims& files, std::size_t first = 0);

/// The claim that a file on record was. A view of `file`.
appraisal::file_claim claim_on_record(const file_claim_view& file);

/// Reads the claims that the service verified and recorded for this boot of `id`. fault not_found: there are
/// none; limit: more files than a set of claims can hold.
result<recorded_claims> read_recorded_claims(const store_reader& store, const node_id& id,
                                             const node_state& state);

} // namespace muster::service
