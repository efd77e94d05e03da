// Accepts connections and counts them.
#pragma once

#include "service/rest_api/connection.hpp"

#include <kj/async-io.h>

#include <map>
#include <sys/types.h>
#include <unordered_set>

namespace muster::service::rest_api {

/// Accepts on a listening Unix socket until it is destroyed. An accept that fails (no descriptor left, say)
/// is tried again after a pause. While `limits.connections` are open, further ones wait in the kernel's
/// queue. A user with `limits.share` open connections gets 503. Lives in the thread of the event loop.
class front_door final : kj::TaskSet::ErrorHandler {
public:
  /// `context` must outlive this object. `listening` is not closed.
  front_door(kj::LowLevelAsyncIoProvider& io, int listening, const connection_context& context);

  /// The promise never resolves; drop it to stop accepting.
  kj::Promise<void> accept_all();

  /// Asks each connection to finish. The promise resolves when none is left.
  kj::Promise<void> drain();

private:
  kj::Promise<void> wait_for_room();
  kj::Promise<void> next();
  void enter(kj::Own<kj::AsyncIoStream> stream);
  void leave(uid_t uid, connection* who);
  void taskFailed(kj::Exception&& exception) override;

  const connection_context& context_;
  kj::Own<kj::ConnectionReceiver> receiver_;
  std::size_t open_ = 0;
  std::map<uid_t, std::size_t> open_of_;
  std::unordered_set<connection*> served_;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>> room_;
  kj::TaskSet tasks_; ///< last: the tasks that it destroys still use the other members
};

} // namespace muster::service::rest_api
