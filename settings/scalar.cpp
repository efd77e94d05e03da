#include "settings/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace muster::settings {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

muster::fault expected(std::string_view what) { return {errc::malformed, "expected " + std::string{what}}; }

using unit = std::pair<std::string_view, std::uint64_t>;

constexpr std::array<unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 4> size_units{{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}, {"B", 1}}};

template <std::size_t N> std::string in_largest(std::uint64_t value, const std::array<unit, N>& units) {
  const auto fits = [value](const unit& each) { return value != 0 && value % each.second == 0; };
  const auto found = std::ranges::find_if(units, fits);
  const auto& chosen = found == units.end() ? units.back() : *found;
  return std::to_string(value / chosen.second) + std::string{chosen.first};
}

// "; write 200ms" for 0.2s; empty if the text is no number with a fraction, or has no such form.
template <std::size_t N>
std::string without_fraction(std::string_view text, const std::array<unit, N>& units, std::uint64_t limit) {
  constexpr std::size_t most_digits = 3;
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return {};
  const auto rest = text.substr(dot + 1);
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const auto whole = parse_integer(text.substr(0, dot));
  const auto found = std::ranges::find(units, rest.substr(digits), &unit::first);
  if (!whole || digits == 0 || digits > most_digits || found == units.end()) return {};
  std::uint64_t parts = 0, scale = 1;
  for (const auto c : rest.substr(0, digits)) {
    parts = parts * 10 + static_cast<std::uint64_t>(c - '0');
    scale *= 10;
  }
  if (*whole > limit / found->second - 1 || parts * found->second % scale != 0) return {};
  return "; write " + in_largest(*whole * found->second + parts * found->second / scale, units);
}

// The unit that people mean by another spelling: "MB", "sec", "minutes". In lower case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> other_spellings{
    {{"mb", "MiB"},  {"kb", "KiB"},    {"gb", "GiB"},  {"m", "MiB"},     {"k", "KiB"},
     {"g", "GiB"},   {"mib", "MiB"},   {"kib", "KiB"}, {"gib", "GiB"},   {"b", "B"},
     {"bytes", "B"}, {"sec", "s"},     {"secs", "s"},  {"seconds", "s"}, {"min", "m"},
     {"mins", "m"},  {"minutes", "m"}, {"hours", "h"}, {"days", "d"},    {"msec", "ms"}}};

template <std::size_t N> const unit* meant_unit(std::string_view text, const std::array<unit, N>& units) {
  const auto exact = std::ranges::find(units, text, &unit::first);
  if (exact != units.end()) return &*exact;
  std::string lower;
  for (const auto c : text)
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto& [spelt, meant] : other_spellings)
    if (spelt == lower)
      if (const auto found = std::ranges::find(units, meant, &unit::first); found != units.end())
        return &*found;
  const auto plain = std::ranges::find(units, std::string_view{lower}, &unit::first);
  return plain == units.end() ? nullptr : &*plain;
}

// "; write 90s" for 1m30s, 10s for "10 s", 1MiB for 1MB; empty if it is not clear what is meant.
template <std::size_t N>
std::string in_one_unit(std::string_view text, const std::array<unit, N>& units, std::uint64_t limit) {
  std::uint64_t sum = 0;
  std::string rest;
  std::ranges::copy_if(text, std::back_inserter(rest), [](char c) { return c != ' '; });
  if (rest.empty() || rest.size() > 32) return {};
  for (std::string_view left = rest; !left.empty();) {
    const auto digits = std::min(left.find_first_not_of("0123456789"), left.size());
    const auto number = parse_integer(left.substr(0, digits));
    left.remove_prefix(digits);
    const auto letters = std::min(left.find_first_of("0123456789"), left.size());
    const auto* each = meant_unit(left.substr(0, letters), units);
    left.remove_prefix(letters);
    if (!number || each == nullptr || *number > (limit - sum) / each->second) return {};
    sum += *number * each->second;
  }
  return sum == 0 ? std::string{} : "; write " + in_largest(sum, units);
}

// The number times its unit; `limit` is for the product.
template <std::size_t N>
result<std::uint64_t> parse_measure(std::string_view text, const std::array<unit, N>& units,
                                    std::uint64_t limit, std::string_view what) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_integer(text.substr(0, digits));
  const auto found = std::ranges::find(units, text.substr(digits), &unit::first);
  if (!number || found == units.end() || *number > limit / found->second) {
    auto why = expected(what);
    auto near = without_fraction(text, units, limit);
    why.check += near.empty() ? in_one_unit(text, units, limit) : std::move(near);
    return why;
  }
  return *number * found->second;
}

} // namespace

result<std::uint64_t> parse_integer(std::string_view text) {
  const auto fail = expected("a whole number without sign or leading zero");
  if (text.empty() || !std::ranges::all_of(text, is_digit) || (text.size() > 1 && text.front() == '0'))
    return fail;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{}) return fail;
  return value;
}

result<milliseconds> parse_duration(std::string_view text) {
  constexpr std::uint64_t limit = 36'500ULL * 86'400'000ULL;
  const auto value = parse_measure(text, time_units, limit, duration_forms);
  if (!value) return value.fault();
  return milliseconds{static_cast<milliseconds::rep>(*value)};
}

std::string to_string(milliseconds duration) {
  const auto count = duration.count();
  return count <= 0 ? "0s" : in_largest(static_cast<std::uint64_t>(count), time_units);
}

result<std::uint64_t> parse_size(std::string_view text) {
  return parse_measure(text, size_units, std::numeric_limits<std::uint64_t>::max(), size_forms);
}

result<std::uint64_t> parse_rate(std::string_view text) {
  const auto fail = expected(rate_forms);
  if (!text.ends_with("/s")) return fail;
  const auto value = parse_size(text.substr(0, text.size() - 2));
  if (!value) return fail;
  return *value;
}

std::string size_to_string(std::uint64_t bytes) { return in_largest(bytes, size_units); }

result<std::string> parse_path(std::string_view text) {
  if (!is_absolute_path(text))
    return expected("an absolute path such as /var/lib/muster, without \"..\" or a \"/\" at the end");
  return std::string{text};
}

result<std::string> parse_name(std::string_view text, std::size_t limit) {
  const auto is_end = [](char c) { return is_digit(c) || is_letter(c); };
  const auto allowed = [&](char c) { return is_end(c) || c == '.' || c == '-' || c == '_'; };
  if (text.empty() || text.size() > limit || !std::ranges::all_of(text, allowed) || !is_end(text.front())
      || !is_end(text.back()))
    return expected("a name of letters, digits, '.', '-' and '_', at most " + std::to_string(limit)
                    + " characters");
  return std::string{text};
}

result<std::string> parse_tpm(std::string_view text) {
  constexpr std::string_view device = "device:";
  constexpr std::string_view swtpm = "swtpm:";
  const bool is_device = text.starts_with(device) && parse_path(text.substr(device.size())).ok();
  const bool is_swtpm = text.starts_with(swtpm) && text.size() > swtpm.size() && text.size() <= 4095;
  if (!is_device && !is_swtpm) return expected(tpm_forms);
  return std::string{text};
}

} // namespace muster::settings
