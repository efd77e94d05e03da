// The measurements on record: files interned over the fleet, and for each machine the numbers of its files.
#pragma once

#include "records/store_batch.hpp"
#include "service/store/counters.hpp"
#include "service/store/file_sweep.hpp"
#include "service/store/interned_files.hpp"

#include <span>
#include <vector>

namespace muster::service {

/// The numbers of a node's files, ascending and without duplicates. Error: malformed.
result<std::vector<file_number>> claims_of(const environment& env, const transaction& in, const node_id& id);

/// Adds those of `files` that are not on record for the node, and interns those that are new to the fleet.
/// `newest` is the counter of file numbers. Each number is reported to `sweep`; `lately` already knows some
/// of them. Reads and writes at most one page of 4 KiB for each of `files`, however many the node already
/// has.
status add_claims(const environment& env, const transaction& in, const node_id& id,
                  const std::vector<file_claim>& files, std::uint64_t& newest, file_sweep& sweep,
                  interned_files& lately);

/// Gives numbers to `files`, which no machine has yet, and adds them to `lately`. Until a machine has them, a
/// sweep may erase them again.
status intern_files(const environment& env, const transaction& in, std::span<const file_claim> files,
                    std::uint64_t& newest, file_sweep& sweep, interned_files& lately);

status clear_claims(const environment& env, const transaction& in, const node_id& id);

} // namespace muster::service
