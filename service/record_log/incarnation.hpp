// How a start of the service becomes an incarnation of its log.
#pragma once

#include "crypto/log_incarnations.hpp"
#include "records/store_port.hpp"
#include "service/record_log/head_file.hpp"

namespace muster::service {

struct begun_log {
  crypto::log_incarnations incarnations; ///< with the new one
  write_batch batch;                     ///< has to be durable before anything is numbered or signed in it
};

/// Above `newest` (the last of all is its own successor: whoever has the key could else keep the service from
/// starting), and not below the wall clock in seconds: so it is also above those that a restored database
/// has forgotten, unless the clock went back by more than the restore did.
incarnation incarnation_after(incarnation newest, wall_time now) noexcept;

/// Adds to `batch` what enters `next` into the log, which has `leaves` now.
void enter_incarnation(write_batch& batch, const crypto::log_name& log, incarnation next,
                       std::uint64_t leaves, wall_time now);

/// Reads those that are on record, and begins the next; in an empty store a log, too. `key` signed the heads
/// of this service: the newest in `sink` may be of an incarnation that the store has forgotten. fault
/// malformed: one is damaged: without it nobody knows what was lost; io.
result<begun_log> begin_incarnation(const store_reader& store, const head_file& sink,
                                    const crypto::public_key& key, wall_time now);

} // namespace muster::service
