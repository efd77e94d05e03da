#include "appraisal/path_spelling.hpp"

#include <algorithm>
#include <vector>

namespace muster::appraisal {

namespace {

constexpr std::size_t most_blanks = 4;

bool is_empty_step(std::string_view component) noexcept { return component.empty() || component == "."; }

/// Whether the pattern can tell a blank from "_". Without a blank, an escape of a letter or digit (\s, \x20)
/// or a class that leaves characters out, it cannot.
bool tells_blanks(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text.substr(i).starts_with("[^") || text.substr(i).starts_with("[:")) return true;
    if (text[i] != '\\' || i + 1 == text.size()) continue;
    const auto next = text[++i];
    if ((next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z')
        || next == ' ')
      return true;
  }
  return false;
}

/// Each way to read some "_" as blanks.
bool matches_with_blanks(const pattern& one, std::string path) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (path[i] == '_') places.push_back(i);
  if (places.size() > most_blanks) return true;
  for (unsigned blanks = 1; blanks < 1U << places.size(); ++blanks) {
    for (std::size_t i = 0; i < places.size(); ++i)
      path[places[i]] = (blanks >> i & 1U) != 0 ? ' ' : '_';
    if (one.matches(path)) return true;
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

bool may_match(const pattern& one, std::string_view path) {
  if (one.matches(path) || !has_place(path)) return true;
  const bool plain = is_plain_path(path);
  if (plain && (path.find('_') == std::string_view::npos || !tells_blanks(one.text()))) return false;
  if (!plain && one.matches(plain_path(path))) return true;
  if (!tells_blanks(one.text())) return false;
  return matches_with_blanks(one, std::string{path})
         || (!plain && matches_with_blanks(one, plain_path(path)));
}

} // namespace muster::appraisal
