// The reply to an HTTP request, and the port that takes it back to its connection.
#pragma once

#include "actors/service/spool_file.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace muster::service::rest_api {

struct http_reply {
  unsigned status = 200;
  std::string_view content_type = "application/json"; ///< a literal
  std::string body;
  std::string_view allow;                   ///< for 405: the methods that the path has; a literal
  std::shared_ptr<const spool_file> file{}; ///< in place of `body`, if there is one
};

/// Takes the answer to one request; any thread may use it. The first `answer` counts; further ones do
/// nothing. A port that is dropped without an answer answers 503 by itself, so no client waits for an actor
/// that is gone.
class answer_port {
public:
  answer_port() = default;
  answer_port(const answer_port&) = delete;
  answer_port& operator=(const answer_port&) = delete;
  virtual ~answer_port() = default;

  virtual void answer(http_reply reply) = 0;
};

} // namespace muster::service::rest_api
