// Columns for people. Pure.
#pragma once

#include "cli/client/surroundings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

/// Rows of equal length; the first is the heading. Columns are as wide as their widest cell and two blanks
/// apart. Nothing is cut, no line ends in blanks. Cells are made printable.
class text_table {
public:
  explicit text_table(std::vector<std::string> heading);

  void add(std::vector<std::string> row);

  /// If `tint` allows it, the words in column `tinted` (trusted, untrusted, ...) are coloured.
  std::string text(colours tint, std::size_t tinted) const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// `word` in the colour of its meaning.
std::string coloured(std::string_view word, colours tint);

} // namespace muster::cli
