// How TrustMgr waits for the store. Included by its own sources only.
#pragma once

#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

namespace muster::service {

inline constexpr std::chrono::seconds store_timeout{30};

template <class Reply, class Then>
void trust_mgr_state::commit(write_batch batch, const node_id& id, promise<Reply> reply, Then then) {
  // No deadline: the Store answers or dies, and CAF answers for the dead. Timers for such
  // questions took a sixth of the CPU of an attestation.
  self_->request(deps_.store, caf::infinite, commit_atom::value, std::move(batch).seal())
      .then(
          [this, id, reply, then](const commit_outcome& stored) mutable {
            landed(id);
            if (stored)
              reply.deliver(then(*stored));
            else
              reply.deliver(Reply{stored.fault()});
          },
          [this, id, reply](const caf::error&) mutable {
            landed(id);
            reply.deliver(
                Reply{fault{errc::io, "store: it is gone; it is not known whether this was stored"}});
          });
}

} // namespace muster::service
