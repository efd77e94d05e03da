// Numbers that must never be given twice, also after a restart and after erasing.
#pragma once

#include "crypto/merkle.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

/// Keys of the table of counters; they are on disk.
enum class counter : std::uint64_t {
  format = 1,   ///< environment::format
  sequence = 2, ///< the newest that was given
  files = 3,    ///< the newest file number that was given
  leaves = 4    ///< of the log
};

/// 0 if it was never put.
result<std::uint64_t> get_counter(const environment& env, const transaction& in, counter which);
status put_counter(const environment& env, const transaction& in, counter which, std::uint64_t value);

/// The counters that a group of batches moves on.
struct store_counters {
  std::uint64_t sequence = 0;
  std::uint64_t files = 0;
  crypto::merkle_frontier log; ///< its size is the counter `leaves`, the rest stands in the nodes
};

/// Errors: those of reading; a database whose log has lost a node is `malformed`.
result<store_counters> load_counters(const environment& env, const transaction& in);
/// Writes those that differ from `before`.
status save_counters(const environment& env, const transaction& in, const store_counters& before,
                     const store_counters& now);

} // namespace muster::service
