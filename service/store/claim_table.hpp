// The measurements on record: files interned over the fleet, and the numbers of those that a machine has.
#pragma once

#include "records/store_batch.hpp"
#include "service/store/counters.hpp"
#include "service/store/file_sweep.hpp"
#include "service/store/interned_files.hpp"

#include <span>
#include <vector>

namespace muster::service {

/// The numbers of the files of a node, each once, in their own order. Error: malformed.
result<std::vector<file_number>> claims_of(const environment& env, const transaction& in, const node_id& id);

/// Adds those of `files` that are not on record for the node, interning what the fleet did not have. `newest`
/// is the counter of file numbers; `sweep` is told of each number; `lately` knows some of them. Reads and
/// writes at most one page of 4 KiB for each of `files`, whatever the node has already.
status add_claims(const environment& env, const transaction& in, const node_id& id,
                  const std::vector<file_claim>& files, std::uint64_t& newest, file_sweep& sweep,
                  interned_files& lately);

/// Gives numbers to `files`, which no machine has yet: `lately` knows them then. Until a machine has them a
/// sweep may erase them again.
status intern_files(const environment& env, const transaction& in, std::span<const file_claim> files,
                    std::uint64_t& newest, file_sweep& sweep, interned_files& lately);

status clear_claims(const environment& env, const transaction& in, const node_id& id);

} // namespace muster::service
