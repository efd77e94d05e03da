// STORE: the one writer of the database.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "records/store_batch.hpp"

#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>

namespace muster::service {

using commit_atom = caf::atom_constant<caf::atom("commit")>;

/// Answer to a commit: the newest sequence number that the batch was given (of its last append; without an
/// append, the newest of the store), or why nothing of the batch was stored.
using commit_outcome = result<sequence>;

/// STORE: makes batches durable, in the order in which they arrive, but for one that brings more new files
/// than one step numbers: it is ready when all of them have their number, and those that came later may be
/// durable before. Who needs an order between two sends the second when the first is durable. Groups what has
/// gathered while the disk was busy into one transaction; the answer comes after the disk has it. A batch
/// that cannot be stored fails alone; when the disk or the map is full, or the disk fails, every batch
/// concerned fails and nothing of it is kept. Runs detached: a request may wait for a sync, so its timeout is
/// in seconds.
using store_actor = caf::typed_actor<
    // All of the batch, or none of it. An error of CAF's own (timeout, actor down) leaves open whether it was
    // stored: batches are made so that storing one again does no harm, or the reader is asked.
    caf::replies_to<commit_atom, shared_batch>::with<commit_outcome>,
    // Commits what has gathered, then refuses further batches with `denied`. Answers with the newest sequence
    // number after the last commit.
    caf::replies_to<stop_atom>::with<commit_outcome>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::shared_batch)
MUSTER_LOCAL_MESSAGE(muster::service::commit_outcome)
