// One client: its requests, one after the other.
#pragma once

#include "actors/runtime/log.hpp"
#include "service/rest_api/problem.hpp"
#include "service/rest_api/request.hpp"
#include "service/rest_api/rest_server.hpp"
#include "service/rest_api/upload_room.hpp"

#include <kj/async-io.h>
#include <kj/compat/http.h>

#include <functional>
#include <optional>

namespace muster::service::rest_api {

/// Finds the answer to a request and gives it to the port, now or later, from any thread.
using ask_function =
    std::function<void(rest_request request, std::string by, std::shared_ptr<answer_port> port)>;

inline kj::Duration duration_of(rest_limits::duration in) { return in.count() * kj::MILLISECONDS; }

/// What all connections share. Outlives them.
struct connection_context {
  kj::Timer& timer;
  const kj::HttpHeaderTable& headers;
  ask_function ask;
  rest_limits limits;
  runtime::log log;
  upload_room& uploads;
};

/// Speaks HTTP/1.1 through KJ, but more strictly. A request has a Content-Length of at most `body_limit`
/// (413), or no body (411 for a Transfer-Encoding, 400 for both headers). Its body has to arrive within
/// `limits.body` (408). A body above `max_body` needs a place in the upload room (503). A request that KJ
/// cannot read is answered with a problem. After each of these refusals the connection is closed, because it
/// is not certain where the next request begins.
class connection final : kj::HttpService, kj::HttpServerErrorHandler {
public:
  /// `by`: who is at the other end. `context` must outlive this object.
  connection(const connection_context& context, std::string by);

  /// Serves until the client leaves or `drain` is called. The promise is rejected if the connection breaks.
  /// Caller: drop the promise before this object.
  kj::Promise<void> serve(kj::Own<kj::AsyncIoStream> stream);

  /// Takes no further request; an answer under way still goes out. Later calls do nothing.
  void drain();

private:
  kj::Promise<void> request(kj::HttpMethod method, kj::StringPtr url, const kj::HttpHeaders& headers,
                            kj::AsyncInputStream& body, Response& response) override;
  kj::Promise<void> handleClientProtocolError(kj::HttpHeaders::ProtocolError error,
                                              Response& response) override;
  kj::Promise<void> handleApplicationError(kj::Exception exception, kj::Maybe<Response&> response) override;
  kj::Promise<void> handleNoResponse(Response& response) override;

  struct head;
  kj::Promise<void> answer(const head& of, kj::StringPtr body, Response& response);
  kj::Promise<void> send(Response& response, const http_reply& reply);
  kj::Promise<void> refuse_and_close(problem why);
  kj::Promise<void> send_last(Response& response, const problem& why);
  void note_refusal(const problem& why) const;

  const connection_context& context_;
  std::string by_;
  bool in_request_ = false; ///< KJ has read a request's head, and we have not answered yet
  bool draining_ = false;
  std::optional<problem> last_word_; ///< why the connection ends; not sent yet
  kj::HttpServer server_;
};

} // namespace muster::service::rest_api
