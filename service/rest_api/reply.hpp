// What goes back over HTTP, and the way back for whoever finds the answer.
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
  std::string_view allow;                   ///< of 405: the methods that there are; a literal
  std::shared_ptr<const spool_file> file{}; ///< in place of `body`, if there is one
};

/// Where one request's answer goes. The first `answer` counts, further ones do nothing; a port that is
/// dropped without one answers 503 by itself, so that nobody waits for an actor that is gone. Any thread.
class answer_port {
public:
  answer_port() = default;
  answer_port(const answer_port&) = delete;
  answer_port& operator=(const answer_port&) = delete;
  virtual ~answer_port() = default;

  virtual void answer(http_reply reply) = 0;
};

} // namespace muster::service::rest_api
