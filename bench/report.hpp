// The numbers, for people and for programs.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace muster::bench {

/// Which side of its budget a number has to be on.
enum class budget_kind { none, at_most, at_least };

struct measured {
  std::string_view key; ///< in the JSON object; empty: shown in the table only
  std::string what;
  double value = 0;
  std::string_view unit;
  budget_kind kind = budget_kind::none;
  double budget = 0;
};

using report = std::vector<measured>;

double median(std::vector<double> values);

/// One line for each number, with its budget and whether it is met.
void print_table(std::ostream& out, const report& numbers);
/// A flat object of the numbers that have a key, in their order.
status write_json(const std::filesystem::path& file, const report& numbers);

} // namespace muster::bench
