#include "cli/client/ask.hpp"

#include "messages/vocabulary/bytes.hpp"

namespace muster::cli {

namespace {

errc code_of(unsigned status) {
  switch (status) {
  case 400: return errc::malformed;
  case 403: return errc::denied;
  case 404: return errc::not_found;
  case 409: return errc::conflict;
  case 503: return errc::busy;
  case 504: return errc::timeout;
  default: return errc::io;
  }
}

} // namespace

fault refusal(const http_answer& answer) {
  const auto problem = from_json<rest::Problem>(answer.body, answer_limits);
  std::string detail;
  if (problem)
    detail = problem->read([](rest::Problem::Reader in) { return printable(text_of(in.getDetail())); });
  if (detail.empty()) detail = "ras answered with status " + std::to_string(answer.status);
  return {code_of(answer.status), std::move(detail)};
}

std::string node_path(std::string_view node, std::string_view rest) {
  return "/v1/nodes/" + encoded(node) + std::string{rest};
}

} // namespace muster::cli
