#include "service/rest_api/head_watch.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace muster::service::rest_api {

namespace {

constexpr std::string_view version = "HTTP/1.";
constexpr std::string_view length_name = "content-length";

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

void head_watch::look(std::span<char> incoming) noexcept {
  while (!incoming.empty() && at_ != at::over) {
    if (at_ == at::body) {
      const auto skipped = std::min<std::uint64_t>(length_, incoming.size());
      incoming = incoming.subspan(static_cast<std::size_t>(skipped));
      length_ -= skipped;
      if (length_ == 0) at_ = at::line;
      continue;
    }
    take(incoming.front());
    incoming = incoming.subspan(1);
  }
}

void head_watch::refuse(char& c) noexcept {
  c = '\0';
  at_ = at::over;
}

void head_watch::take(char& c) noexcept {
  switch (at_) {
  case at::line: return take_line(c);
  case at::target:
    if (c == '\r' || c == '\n') return refuse(c); // the version is missing
    if (c == ' ') {
      matched_ = 0;
      at_ = at::version;
    }
    return;
  case at::version: return take_version(c);
  case at::end_of_line:
    if (c != '\n') return refuse(c);
    first_of_line_ = true;
    at_ = at::name;
    return;
  case at::name: return take_name(c);
  case at::value: return take_value(c);
  case at::end_of_head: return c == '\n' ? end_head() : refuse(c);
  case at::body:
  case at::over: return;
  }
}

/// Reads the method. Empty lines before a request are ignored (2.2).
void head_watch::take_line(char& c) noexcept {
  length_ = 0;
  if (c == ' ') at_ = at::target;
  if (c == '\t') refuse(c);
}

void head_watch::take_version(char& c) noexcept {
  if (matched_ < version.size()) {
    if (c != version[matched_++]) refuse(c);
    return;
  }
  if (matched_ == version.size()) {
    ++matched_;
    if (c != '0' && c != '1') refuse(c);
    return;
  }
  if (c == '\r') {
    at_ = at::end_of_line;
  } else if (c == '\n') {
    first_of_line_ = true;
    at_ = at::name;
  } else {
    refuse(c);
  }
}

void head_watch::take_name(char& c) noexcept {
  if (first_of_line_ && c == '\r') {
    at_ = at::end_of_head;
    return;
  }
  if (first_of_line_ && c == '\n') return end_head();
  if (is_blank(c) || c == '\r' || c == '\n') return refuse(c);
  if (std::exchange(first_of_line_, false)) {
    matched_ = 0;
    is_length_ = true;
  }
  if (c == ':') {
    is_length_ = is_length_ && matched_ == length_name.size();
    at_ = at::value;
    return;
  }
  is_length_ = is_length_ && matched_ < length_name.size() && lower(c) == length_name[matched_];
  ++matched_;
}

void head_watch::end_head() noexcept { at_ = length_ == 0 ? at::line : at::body; }

void head_watch::take_value(char& c) noexcept {
  if (c == '\r') {
    at_ = at::end_of_line;
    return;
  }
  if (c == '\n') {
    first_of_line_ = true;
    at_ = at::name;
    return;
  }
  // `connection` ends the connection if there is a second length, or one that is not a number or is too
  // large. Where the next head would begin does not matter then.
  constexpr auto most = std::numeric_limits<std::uint64_t>::max() / 16;
  if (is_length_ && c >= '0' && c <= '9' && length_ < most)
    length_ = length_ * 10 + static_cast<std::uint64_t>(c - '0');
}

} // namespace muster::service::rest_api
