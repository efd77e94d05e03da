// HTTP over a Unix socket.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace muster::cli {

enum class http_method : std::uint8_t { get, post, put, remove };

struct http_call {
  http_method method = http_method::get;
  std::string target;                            ///< origin-form, already encoded
  std::string body;                              ///< JSON; empty: none
  std::chrono::milliseconds within{15'000};      ///< from the connection to the last byte of the answer
  const char* content_type = "application/json"; ///< of the body
};

struct http_answer {
  unsigned status = 0;
  std::string body;
};

/// Makes one request on its own connection and waits for the whole answer, of at most 64 MiB. Any status is
/// an answer. The faults are sentences for the operator that name the socket: not_found and io: no service
/// listens there; denied: no permission; timeout; limit; io: the connection broke.
result<http_answer> exchange(const std::string& socket, const http_call& call);

/// Takes the next bytes of an answer of `whole` bytes (0: length unknown). False: stop, no more is wanted.
using answer_sink = std::function<bool(std::string_view more, std::uint64_t whole)>;

/// As `exchange`, for answers of any size: the body of a 200 goes to `sink`, any other body is in the answer.
result<http_answer> download(const std::string& socket, const http_call& call, const answer_sink& sink);

/// `text` as one segment of a path or one value of a query: everything but unreserved characters (RFC
/// 3986, 2.3) is encoded.
std::string encoded(std::string_view text);

} // namespace muster::cli
