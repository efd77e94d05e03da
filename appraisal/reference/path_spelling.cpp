#include "appraisal/reference/path_spelling.hpp"

#include "appraisal/policy/kernel_name.hpp"

#include <vector>

namespace muster::appraisal {

namespace {

bool is_empty_step(std::string_view component) noexcept { return component.empty() || component == "."; }

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
  return kernel_name(out);
}

spelled_path::spelled_path(std::string_view path) : path_{path}, plain_{is_plain_path(path)} {
  if (!plain_) in_plain_ = plain_path(path);
}

bool spelled_path::may_match(const pattern& one) const {
  if (!has_place(path_)) return true;
  const auto in_either_life = [&one](std::string_view path) {
    const auto name = without_deleted(path);
    return one.matches_with_blanks(path) || (name.size() != path.size() && one.matches_with_blanks(name));
  };
  return in_either_life(path_) || (!plain_ && in_either_life(in_plain_));
}

bool may_match(const pattern& one, std::string_view path) { return spelled_path{path}.may_match(one); }

} // namespace muster::appraisal
