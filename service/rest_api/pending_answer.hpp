// Brings an answer from any thread back to KJ's thread.
#pragma once

#include "service/rest_api/reply.hpp"

#include <kj/async.h>

#include <memory>

namespace muster::service::rest_api {

struct pending_answer {
  std::shared_ptr<answer_port> port; ///< for the answering side; any thread
  kj::Promise<http_reply> promise;   ///< for the calling thread
};

/// Caller: call it on a thread that runs a KJ event loop. The promise is never rejected (see `answer_port`).
/// The port may outlive the promise and the loop.
pending_answer make_pending_answer();

} // namespace muster::service::rest_api
