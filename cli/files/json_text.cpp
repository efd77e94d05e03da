#include "cli/files/json_text.hpp"

#include <limits>

namespace muster::cli {

namespace {

std::string json_string(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

} // namespace

void json_text::separate() {
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':') out_ += ',';
}

json_text& json_text::open(char bracket) {
  separate();
  out_ += bracket;
  return *this;
}

json_text& json_text::close(char bracket) {
  out_ += bracket;
  return *this;
}

json_text& json_text::key(std::string_view name) {
  separate();
  out_ += json_string(name);
  out_ += ':';
  return *this;
}

json_text& json_text::text(std::string_view value) {
  separate();
  out_ += json_string(printable(value, std::numeric_limits<std::size_t>::max()));
  return *this;
}

json_text& json_text::number(std::uint64_t value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

json_text& json_text::truth(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

json_text& json_text::nothing() {
  separate();
  out_ += "null";
  return *this;
}

} // namespace muster::cli
