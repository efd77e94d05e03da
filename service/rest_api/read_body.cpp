#include "service/rest_api/read_body.hpp"

#include <algorithm>

namespace muster::service::rest_api {

namespace {

constexpr std::size_t max_word = 64;

} // namespace

routed wrong_field(std::string detail) { return bad_request({errc::malformed, std::move(detail)}); }

status check_word(std::string_view field, std::string_view word) {
  const auto bad = [](char c) {
    return c <= ' ' || c > '~' || c == '/' || c == '"' || c == '\'' || c == '\\';
  };
  if (word.size() <= max_word && std::ranges::none_of(word, bad)) return {};
  return fault{
      errc::malformed,
      std::string{field}
          + ": expected at most 64 characters of printable ASCII without spaces, slashes and quotes"};
}

status check_words(std::initializer_list<std::pair<std::string_view, capnp::Text::Reader>> words) {
  for (const auto& [field, text] : words)
    if (auto good = check_word(field, text_of(text)); !good) return good;
  return {};
}

std::optional<problem> not_json(std::string_view content_type) {
  const auto bare = content_type.substr(0, content_type.find_first_of("; \t"));
  constexpr std::string_view wanted = "application/json";
  const bool same = std::ranges::equal(bare, wanted, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
  if (same) return std::nullopt;
  return problem{415, "media-type", "the body must be application/json", {}, {}};
}

} // namespace muster::service::rest_api
