#include "service/rest_api/problem.hpp"

#include "messages/build.hpp"
#include "messages/json_write.hpp"
#include "schemas/rest.capnp.h"

namespace muster::service::rest_api {

unsigned status_of(errc code) noexcept {
  switch (code) {
  case errc::malformed: return 400;
  case errc::unsupported:
  case errc::limit: return 422;
  case errc::untrusted:
  case errc::denied: return 403;
  case errc::not_found: return 404;
  case errc::mismatch:
  case errc::expired:
  case errc::conflict: return 409;
  case errc::busy: return 503;
  case errc::timeout: return 504;
  case errc::io:
  case errc::internal: return 500;
  }
  return 500;
}

std::string_view title_of(unsigned status) noexcept {
  switch (status) {
  case 200: return "OK";
  case 400: return "Bad Request";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 408: return "Request Timeout";
  case 409: return "Conflict";
  case 411: return "Length Required";
  case 413: return "Content Too Large";
  case 415: return "Unsupported Media Type";
  case 422: return "Unprocessable Content";
  case 431: return "Request Header Fields Too Large";
  case 501: return "Not Implemented";
  case 503: return "Service Unavailable";
  case 504: return "Gateway Timeout";
  default: return "Internal Server Error";
  }
}

problem problem_of(const fault& why) {
  return {status_of(why.code), std::string{to_string(why.code)}, why.check, {}, {}};
}

problem bad_request(const fault& why) {
  problem out{400, "malformed", why.check, {}, {}};
  const auto colon = why.check.find(": ");
  const auto name = std::string_view{why.check}.substr(0, colon);
  if (colon != std::string::npos
      && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos)
    out.field = name;
  return out;
}

http_reply to_reply(const problem& what) {
  http_reply out{what.status, "application/problem+json", {}, what.allow};
  out.body = build_json<rest::Problem>([&](rest::Problem::Builder to) {
    to.setType(text_of("urn:muster:problem:" + what.kind));
    to.setTitle(text_of(std::string{title_of(what.status)}));
    to.setStatus(static_cast<std::uint16_t>(what.status));
    to.setDetail(text_of(what.detail));
    to.setField(text_of(what.field));
  });
  return out;
}

} // namespace muster::service::rest_api
