// Refusals as problem details (RFC 9457), the only form in which REST refuses a request. Pure.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "service/rest_api/reply.hpp"

#include <string>
#include <string_view>

namespace muster::service::rest_api {

/// `kind` is the last part of the problem's type "urn:muster:problem:KIND". Programs decide by it; the title
/// and the detail are for people. `field` names the wrong member of the request, if there is one.
struct problem {
  unsigned status = 500;
  std::string kind;
  std::string detail;
  std::string field;
  std::string_view allow; ///< a literal; see `http_reply`
};

/// The HTTP status for a fault that an actor returned.
unsigned status_of(errc code) noexcept;

/// "Not Found" for 404; every status that we send has one.
std::string_view title_of(unsigned status) noexcept;

/// The problem for a fault that an actor returned: its code is the kind, its sentence the detail.
problem problem_of(const fault& why);

/// The problem for a fault in the client's request: 400. From a sentence "FIELD: what is wrong" it takes
/// `field`.
problem bad_request(const fault& why);

http_reply to_reply(const problem& what);

} // namespace muster::service::rest_api
