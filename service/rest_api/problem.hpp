// Refusals as problem details (RFC 9457), the only form in which REST says no. Pure.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "service/rest_api/reply.hpp"

#include <string>
#include <string_view>

namespace muster::service::rest_api {

/// `kind` is the last part of the problem's type "urn:muster:problem:KIND": programs decide by it, the title
/// and the detail are for people. `field` names the member of the request that is wrong, if one is.
struct problem {
  unsigned status = 500;
  std::string kind;
  std::string detail;
  std::string field;
  std::string_view allow; ///< a literal; see `http_reply`
};

/// HTTP status of a fault that an actor gave.
unsigned status_of(errc code) noexcept;

/// "Not Found" for 404; every status that we send has one.
std::string_view title_of(unsigned status) noexcept;

/// A fault of an actor: its code as the kind, its sentence as the detail.
problem problem_of(const fault& why);

/// A fault in what the client sent: 400, and `field` from a sentence of the form "field: what is wrong".
problem bad_request(const fault& why);

http_reply to_reply(const problem& what);

} // namespace muster::service::rest_api
