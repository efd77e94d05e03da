// JSON (RFC 8259), written piece by piece.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <concepts>

namespace muster::cli {

/// Writes commas and quotes where they belong; the caller closes what it opened. Text is made printable
/// first, so the result is valid UTF-8 whatever a log contained.
class json_text {
public:
  json_text& open_object() { return open('{'); }
  json_text& close_object() { return close('}'); }
  json_text& open_array() { return open('['); }
  json_text& close_array() { return close(']'); }

  /// Names the next member.
  json_text& key(std::string_view name);
  json_text& text(std::string_view value);
  json_text& number(std::uint64_t value);
  json_text& truth(bool value);
  json_text& nothing();

  json_text& member(std::string_view name, std::string_view value) { return key(name).text(value); }
  json_text& member(std::string_view name, const char* value) { return key(name).text(value); }
  json_text& member(std::string_view name, std::same_as<bool> auto value) { return key(name).truth(value); }
  json_text& member(std::string_view name,
                    std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>) {
    return key(name).number(value);
  }

  const std::string& view() const noexcept { return out_; }

private:
  json_text& open(char bracket);
  json_text& close(char bracket);
  void separate();

  std::string out_;
};

} // namespace muster::cli
