// STORE: the only writer of the database.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "records/store_batch.hpp"

#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>

namespace muster::service {

/// Answer to a commit: the sequence number of the batch's last append (without an append, the newest of the
/// store), or why nothing of the batch was stored.
using commit_outcome = result<sequence>;

/// STORE: makes batches durable in the order in which they arrive, with one exception. A batch with more new
/// files than one step can number has to wait until all of them have numbers; later batches may become
/// durable before it. A sender that needs an order between two batches sends the second when the first is
/// durable. Batches that arrive while the disk is busy are grouped into one transaction; each is answered
/// once it is on disk. A batch that cannot be stored fails alone. If the disk or the map is full, or the disk
/// fails, every batch concerned fails and no part of it is kept. Runs detached: a request may wait for a
/// sync, so a timeout for one has to be in seconds.
using store_actor = caf::typed_actor<
    // Stores all of the batch or none of it. An error of CAF's own (timeout, actor down) leaves open whether
    // it was stored: either storing a batch again does no harm, or the sender asks the reader.
    caf::replies_to<shared_batch>::with<commit_outcome>,
    // Commits the waiting batches, then refuses further ones with `denied`. Answers with the newest sequence
    // number after the last commit.
    caf::replies_to<stop_atom>::with<commit_outcome>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::shared_batch)
MUSTER_LOCAL_MESSAGE(muster::service::commit_outcome)
