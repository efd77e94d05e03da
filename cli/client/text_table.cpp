#include "cli/client/text_table.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/standing.hpp"

#include <algorithm>

namespace muster::cli {

namespace {

/// The columns that a text takes on a terminal: its number of code points.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string_view colour_of(std::string_view word) {
  const auto shown = display_from(word);
  if (!shown) return {};
  switch (*shown) {
  case display::trusted: return "\x1b[32m";
  case display::untrusted:
  case display::revoked: return "\x1b[31m";
  case display::warning:
  case display::stale:
  case display::pending: return "\x1b[33m";
  case display::unknown: return {};
  }
  return {};
}

} // namespace

text_table::text_table(std::vector<std::string> heading) { add(std::move(heading)); }

void text_table::add(std::vector<std::string> row) {
  for (auto& cell : row)
    cell = printable(cell);
  rows_.push_back(std::move(row));
}

std::string text_table::text(colours tint, std::size_t tinted) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    std::string blanks;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].empty()) {
        out += blanks;
        out += i == tinted ? coloured(row[i], tint) : row[i];
        blanks.clear();
      }
      blanks.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out.push_back('\n');
  }
  return out;
}

std::string coloured(std::string_view word, colours tint) {
  const auto colour = tint == colours::ansi ? colour_of(word) : std::string_view{};
  if (colour.empty()) return std::string{word};
  return std::string{colour} + std::string{word} + "\x1b[0m";
}

} // namespace muster::cli
