// Turns an HTTP request into what it asks for, or into the reason for its refusal. Pure.
#pragma once

#include "service/rest_api/problem.hpp"
#include "service/rest_api/request.hpp"

#include <string_view>
#include <variant>

namespace muster::service::rest_api {

constexpr std::size_t max_body = std::size_t{64} * 1024;
/// The most bytes of a reference set that is handed in: as many as a record may have.
constexpr std::size_t max_set = std::size_t{64} << 20U;

/// The most bytes that a request to `target` may carry: `max_set` where a set is handed in, else `max_body`.
std::size_t body_limit(std::string_view method, std::string_view target) noexcept;

/// A complete request. Caller: its framing has been checked.
struct http_request {
  std::string_view method;
  std::string_view target;       ///< as it was sent
  std::string_view content_type; ///< empty: none was sent
  std::string_view body;
};

using routed = std::variant<rest_request, problem>;

/// Reads a request. The routes are listed at the head of schemas/rest.capnp, with what each takes and answers.
/// Refuses other paths with 404, other methods with 405 and Allow, unexpected query keys, bodies and values
/// with 400, a body over `body_limit` with 413, and a body that is not of the expected media type with 415.
/// Names and groups have at most 64 characters of printable ASCII without spaces, slashes and quotes.
routed route(const http_request& request);

problem body_too_large();

} // namespace muster::service::rest_api
