#include "cli/references/finding_numbers.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <charconv>
#include <optional>
#include <set>
#include <string_view>

namespace muster::cli {

namespace {

std::optional<std::uint32_t> number_from(std::string_view text) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out == 0 || out > max_finding_numbers)
    return std::nullopt;
  return out;
}

fault not_numbers(std::string_view part) {
  return {errc::malformed, "--finding: \"" + printable(part, 100)
                               + "\" is not a number from `muster node show`, or a range such as 4-6"};
}

} // namespace

result<std::vector<std::uint32_t>> finding_numbers(const std::vector<std::string>& texts) {
  std::set<std::uint32_t> out;
  for (std::string_view rest : texts)
    for (bool more = true; more;) {
      const auto comma = rest.find(',');
      const auto part = rest.substr(0, comma);
      more = comma != std::string_view::npos;
      if (more) rest.remove_prefix(comma + 1);
      const auto dash = part.find('-');
      const auto first = number_from(part.substr(0, dash));
      const auto last = dash == std::string_view::npos ? first : number_from(part.substr(dash + 1));
      if (!first || !last || *last < *first) return not_numbers(part);
      for (auto number = *first; number <= *last; ++number)
        out.insert(number);
    }
  return std::vector<std::uint32_t>{out.begin(), out.end()};
}

} // namespace muster::cli
