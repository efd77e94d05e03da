#include "appraisal/path_spelling.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace muster::appraisal {

namespace {

constexpr std::size_t most_blanks = 4;

bool is_empty_step(std::string_view component) noexcept { return component.empty() || component == "."; }

/// Whether "[^...]" may treat a blank and "_" differently. "[^/]" does not; a range or an escape may.
bool class_tells_blanks(std::string_view text) noexcept {
  const auto members = text.substr(0, text.find(']'));
  return members.empty() || members.find_first_of("_ \\[-") != std::string_view::npos;
}

/// Whether the pattern can tell a blank from "_". Without a blank, an escape of a letter or digit (\s, \x20)
/// or a class that leaves one of them out, it cannot.
bool tells_blanks(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text.substr(i).starts_with("[:")) return true;
    if (text.substr(i).starts_with("[^") && class_tells_blanks(text.substr(i + 2))) return true;
    if (text[i] != '\\' || i + 1 == text.size()) continue;
    const auto next = text[++i];
    if ((next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z')
        || next == ' ')
      return true;
  }
  return false;
}

/// Each way to read some "_" as blanks.
bool matches_with_blanks(const pattern& one, std::string_view path) {
  std::array<std::size_t, most_blanks> places{};
  std::size_t count = 0;
  for (auto at = path.find('_'); at != std::string_view::npos; at = path.find('_', at + 1)) {
    if (count == places.size()) return true;
    places[count++] = at;
  }
  std::string read{path};
  for (unsigned blanks = 1; blanks < 1U << count; ++blanks) {
    for (std::size_t i = 0; i < count; ++i)
      read[places[i]] = (blanks >> i & 1U) != 0 ? ' ' : '_';
    if (one.matches(read)) return true;
  }
  return false;
}

} // namespace

bool is_plain_path(std::string_view path) noexcept {
  if (path.find(' ') != std::string_view::npos) return false;
  auto rest = has_place(path) ? path.substr(1) : path;
  if (rest.empty()) return true;
  while (true) {
    const auto slash = rest.find('/');
    const auto component = rest.substr(0, slash);
    if (is_empty_step(component) || component == "..") return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
}

std::string plain_path(std::string_view path) {
  std::vector<std::string_view> steps;
  for (auto rest = path; !rest.empty();) {
    const auto slash = rest.find('/');
    const auto component = rest.substr(0, slash);
    if (component == "..") {
      if (!steps.empty()) steps.pop_back();
    } else if (!is_empty_step(component)) {
      steps.push_back(component);
    }
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  }
  std::string out;
  for (const auto step : steps)
    out.append(out.empty() && !has_place(path) ? "" : "/").append(step);
  std::ranges::replace(out, ' ', '_');
  return out;
}

spelled_path::spelled_path(std::string_view path) : path_{path}, plain_{is_plain_path(path)} {
  if (!plain_) in_plain_ = plain_path(path);
}

bool spelled_path::may_match(const pattern& one) const {
  if (one.matches(path_) || !has_place(path_)) return true;
  if (plain_ && (path_.find('_') == std::string_view::npos || !tells_blanks(one.text()))) return false;
  if (!plain_ && one.matches(in_plain_)) return true;
  if (!tells_blanks(one.text())) return false;
  return matches_with_blanks(one, path_) || (!plain_ && matches_with_blanks(one, in_plain_));
}

bool may_match(const pattern& one, std::string_view path) { return spelled_path{path}.may_match(one); }

} // namespace muster::appraisal
