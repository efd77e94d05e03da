// How a start of the service becomes an incarnation of its log.
#pragma once

#include "crypto/log_incarnations.hpp"
#include "records/store_port.hpp"
#include "service/record_log/head_file.hpp"

namespace muster::service {

struct begun_log {
  crypto::log_incarnations incarnations; ///< with the new one
  write_batch batch;                     ///< must be durable before anything is numbered or signed in it
};

/// Above `newest`, and not below the wall clock in seconds. Thus it is also above the incarnations that a
/// restored database has forgotten, unless the clock went back further than the restore did. The greatest
/// incarnation is its own successor: otherwise anyone with the key could keep the service from starting.
incarnation incarnation_after(incarnation newest, wall_time now) noexcept;

/// Adds to `batch` the records that enter `next` into the log, which has `leaves` leaves now.
void enter_incarnation(write_batch& batch, const crypto::log_name& log, incarnation next,
                       std::uint64_t leaves, wall_time now);

/// Reads the incarnations on record, and begins the next one; in an empty store it begins a log as well.
/// `key` is the key of this service's heads: the newest head in `sink` may be of an incarnation that the
/// store has forgotten. fault malformed: an incarnation is damaged, and without it the extent of a loss is
/// unknown; io.
result<begun_log> begin_incarnation(const store_reader& store, const head_file& sink,
                                    const crypto::public_key& key, wall_time now);

} // namespace muster::service
