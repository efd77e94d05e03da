// One batch, written into an open transaction.
#pragma once

#include "records/store_batch.hpp"
#include "service/store/counters.hpp"
#include "service/store/file_sweep.hpp"
#include "service/store/interned_files.hpp"

namespace muster::service {

/// Writes the operations of `batch` in their order, advances `counters`, and reports to `sweep` which files
/// are in use. After a fault the transaction holds half a batch: the caller aborts it and clears `lately`.
/// Errors: `limit` (the batch exceeds the bounds of write_batch, or the map is full), `internal`
/// (a state without placeholder), `malformed` (a damaged record that had to be read), `io`.
status apply_batch(const environment& env, const transaction& in, const write_batch& batch,
                   store_counters& counters, file_sweep& sweep, interned_files& lately);

} // namespace muster::service
