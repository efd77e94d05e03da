// What the functions that read requests share. Pure.
#pragma once

#include "messages/json_read.hpp"
#include "service/rest_api/problem.hpp"
#include "service/rest_api/route.hpp"
#include "service/rest_api/target.hpp"

#include <initializer_list>
#include <span>
#include <string_view>

namespace muster::service::rest_api {

/// The parts of a request whose path was recognised.
struct asked {
  const target& where;
  std::string segment; ///< at the * of the path: a node, or a group
  std::string_view content_type;
  std::string_view body;
};

routed wrong_field(std::string detail);

/// Checks a name or an id: at most 64 characters of printable ASCII without spaces, slashes, backslashes and
/// quotes. fault malformed.
status check_word(std::string_view field, std::string_view word);
/// The fault of the first pair (field, word) that fails `check_word`.
status check_words(std::initializer_list<std::pair<std::string_view, capnp::Text::Reader>> words);

std::optional<problem> not_json(std::string_view content_type);

inline std::string copy_of(capnp::Text::Reader text) { return std::string{text_of(text)}; }

/// Reads the body as a `T` and returns `use(T::Reader)`, or the problem with the body.
template <class T, class Use>
routed with_body(const asked& in, std::span<const std::string_view> required, Use&& use) {
  if (auto wrong = not_json(in.content_type)) return std::move(*wrong);
  json_limits limits;
  limits.bytes = max_body;
  limits.required = required;
  const auto body = from_json<T>(in.body, limits);
  if (!body) return bad_request(body.fault());
  return body->read([&](typename T::Reader reader) -> routed { return use(reader); });
}

} // namespace muster::service::rest_api
