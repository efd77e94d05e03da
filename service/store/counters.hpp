// Numbers that must never be given twice, not even after a restart or after erasing.
#pragma once

#include "crypto/merkle.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

/// Keys of the table of counters. They are on disk.
enum class counter : std::uint64_t {
  format = 1,   ///< environment::format
  sequence = 2, ///< the newest sequence number that was given
  files = 3,    ///< the newest file number that was given
  leaves = 4    ///< the number of leaves in the log
};

/// 0 if it was never written.
result<std::uint64_t> get_counter(const environment& env, const transaction& in, counter which);
status put_counter(const environment& env, const transaction& in, counter which, std::uint64_t value);

/// The counters that a group of batches advances.
struct store_counters {
  std::uint64_t sequence = 0;
  std::uint64_t files = 0;
  crypto::merkle_frontier log; ///< its size is the counter `leaves`; the rest comes from the nodes
};

/// Errors: those of reading; `malformed` if the log has lost a node.
result<store_counters> load_counters(const environment& env, const transaction& in);
/// Writes those that differ from `before`.
status save_counters(const environment& env, const transaction& in, const store_counters& before,
                     const store_counters& now);

} // namespace muster::service
