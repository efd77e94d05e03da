#include "bench/report.hpp"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace muster::bench {

namespace {

std::string number(double value) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(value < 100 ? 2 : 0) << value;
  return out.str();
}

std::string budget_of(const measured& one) {
  if (one.kind == budget_kind::none) return {};
  const bool least = one.kind == budget_kind::at_least;
  const bool met = least ? one.value >= one.budget : one.value <= one.budget;
  return std::string{least ? "at least " : "at most "} + number(one.budget) + (met ? ": met" : ": MISSED");
}

} // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void print_table(std::ostream& out, const report& numbers) {
  for (const auto& one : numbers)
    out << std::left << std::setw(58) << one.what << std::right << std::setw(12) << number(one.value) << ' '
        << std::left << std::setw(12) << one.unit << budget_of(one) << '\n';
}

status write_json(const std::filesystem::path& file, const report& numbers) {
  std::ofstream out{file};
  const char* separator = "{\n";
  for (const auto& one : numbers) {
    if (one.key.empty()) continue;
    out << separator << "  \"" << one.key << "\": " << std::setprecision(12) << one.value;
    separator = ",\n";
  }
  out << (*separator == '{' ? "{}\n" : "\n}\n");
  out.close();
  if (out) return {};
  return fault{errc::io, file.string() + ": cannot be written"};
}

} // namespace muster::bench
