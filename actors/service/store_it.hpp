// Gives the Store a batch when the caller must learn the outcome.
#pragma once

#include "actors/service/store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace muster::service {

/// Calls `then(commit_outcome)` once, when the Store has answered. There is no deadline: until the Store says
/// otherwise, the batch may still be stored, so reporting a failure earlier could be false. If the Store is
/// gone, CAF answers, and the outcome is unknown (fault io). Timers for such requests took a sixth of the CPU
/// of an attestation.
template <class Self, class Then>
void store_it(Self self, const store_actor& store, shared_batch batch, Then then) {
  self->request(store, caf::infinite, std::move(batch))
      .then([then](const commit_outcome& stored) mutable { then(stored); },
            [then](const caf::error&) mutable {
              then(commit_outcome{
                  fault{errc::io, "store: it is gone; it is not known whether this was stored"}});
            });
}

} // namespace muster::service
