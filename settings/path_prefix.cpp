#include "settings/path_prefix.hpp"

#include <algorithm>

namespace muster::settings {
namespace {

// Whether the path is absolute and has no component "." or "..".
bool stays_put(std::string_view path) noexcept {
  if (!path.starts_with('/')) return false;
  for (auto rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    const auto component = rest.substr(0, rest.find('/'));
    if (component == "." || component == "..") return false;
    rest.remove_prefix(component.size());
  }
  return true;
}

} // namespace

bool covers(std::string_view prefix, std::string_view path) noexcept {
  if (prefix.empty() || !path.starts_with(prefix) || !stays_put(path)) return false;
  return path.size() == prefix.size() || path[prefix.size()] == '/';
}

bool covers(const std::vector<std::string>& prefixes, std::string_view path) noexcept {
  return std::ranges::any_of(prefixes, [path](const std::string& each) { return covers(each, path); });
}

} // namespace muster::settings
