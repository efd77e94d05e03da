#include "service/rest_api/target.hpp"

#include <algorithm>
#include <optional>

namespace muster::service::rest_api {

namespace {

constexpr std::size_t max_length = 2048;
constexpr std::size_t max_segments = 8;
constexpr std::size_t max_members = 16;

constexpr bool alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool unreserved(char c) noexcept {
  return alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// pchar without the escapes, and the further characters of a query (RFC 3986, 3.3 and 3.4).
constexpr bool allowed(char c) noexcept {
  return unreserved(c) || std::string_view{"!$&'()*+,;=:@/?"}.find(c) != std::string_view::npos;
}

constexpr int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!allowed(text[i])) return std::nullopt;
      out.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = digit(text[i + 1]);
    const int low = digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const int value = high * 16 + low;
    if (value < 0x20 || value > 0x7e) return std::nullopt;
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  return out;
}

/// Calls `take` for each part of `text` between `separator`s, until a call refuses.
template <class Take> status each_part(std::string_view text, char separator, std::size_t most, Take&& take) {
  for (std::size_t n = 0;; ++n) {
    if (n == most) return fault{errc::limit, "target: too many parts"};
    const auto end = text.find(separator);
    if (const auto taken = take(text.substr(0, end)); !taken) return taken.fault();
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

status add_segment(target& out, std::string_view raw) {
  auto segment = decoded(raw);
  if (!segment)
    return fault{errc::malformed, "target: the path has characters or percent-encoding that are not allowed"};
  if (segment->empty() || *segment == "." || *segment == "..")
    return fault{errc::malformed, "target: a segment is empty or relative"};
  out.segments.push_back(std::move(*segment));
  return {};
}

status add_member(target& out, std::string_view raw) {
  const auto equals = raw.find('=');
  if (equals == std::string_view::npos) return fault{errc::malformed, "target: a query key has no value"};
  auto key = decoded(raw.substr(0, equals));
  auto value = decoded(raw.substr(equals + 1));
  if (!key || !value)
    return fault{errc::malformed,
                 "target: the query has characters or percent-encoding that are not allowed"};
  if (std::ranges::any_of(out.query, [&](const auto& one) { return one.first == *key; }))
    return fault{errc::malformed, "target: a query key comes twice"};
  out.query.emplace_back(std::move(*key), std::move(*value));
  return {};
}

} // namespace

result<target> parse_target(std::string_view text) {
  if (text.size() > max_length) return fault{errc::limit, "target: longer than 2048 characters"};
  if (!text.starts_with('/')) return fault{errc::malformed, "target: does not begin with '/'"};
  const auto mark = text.find('?');
  target out;
  const auto path = text.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  if (!path.empty()) {
    const auto read = each_part(path, '/', max_segments, [&](auto raw) { return add_segment(out, raw); });
    if (!read) return read.fault();
  }
  if (mark != std::string_view::npos) {
    const auto read =
        each_part(text.substr(mark + 1), '&', max_members, [&](auto raw) { return add_member(out, raw); });
    if (!read) return read.fault();
  }
  return out;
}

} // namespace muster::service::rest_api
