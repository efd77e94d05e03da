// How a batch is given to the Store by whoever must know what became of it.
#pragma once

#include "actors/service/store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace muster::service {

/// Calls `then(commit_outcome)` once, when the Store has an answer. No deadline: a batch that was sent may
/// land until the Store says that it did not, and whoever says "failed" before that lies. CAF answers for a
/// Store that is gone; then nobody knows (fault io). Timers for such questions took a sixth of the CPU of an
/// attestation.
template <class Self, class Then>
void store_it(Self self, const store_actor& store, shared_batch batch, Then then) {
  self->request(store, caf::infinite, commit_atom::value, std::move(batch))
      .then([then](const commit_outcome& stored) mutable { then(stored); },
            [then](const caf::error&) mutable {
              then(commit_outcome{
                  fault{errc::io, "store: it is gone; it is not known whether this was stored"}});
            });
}

} // namespace muster::service
