// The Merkle log's tables: the leaves in their order, and the hash of each complete subtree
// (crypto/merkle.hpp).
#pragma once

#include "crypto/merkle.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

/// The stored hashes. The source must not outlive the transaction.
crypto::merkle_source nodes_of_log(const environment& env, const transaction& in);

/// The frontier of the whole log. Takes O(log size) reads.
result<crypto::merkle_frontier> load_frontier(const environment& env, const transaction& in);

/// Enters the audit record `at` as the next leaf, and every hash that it completes. The caller stores the new
/// size (`save_counters`) in the same transaction.
status enter_leaf(const environment& env, const transaction& in, sequence at, byte_view record,
                  crypto::merkle_frontier& log);

/// The audit record of leaf number `leaf`. Errors: `not_found`, `malformed`, `io`.
result<sequence> sequence_of_leaf(const environment& env, const transaction& in, std::uint64_t leaf);

} // namespace muster::service
