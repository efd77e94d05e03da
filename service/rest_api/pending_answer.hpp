// The way of an answer from any thread back into KJ's.
#pragma once

#include "service/rest_api/reply.hpp"

#include <kj/async.h>

#include <memory>

namespace muster::service::rest_api {

struct pending_answer {
  std::shared_ptr<answer_port> port; ///< for whoever answers; any thread
  kj::Promise<http_reply> promise;   ///< for the thread that called
};

/// Call it in a thread that runs a KJ event loop. The promise is never rejected: see `answer_port`. The port
/// may outlive the promise and the loop.
pending_answer make_pending_answer();

} // namespace muster::service::rest_api
