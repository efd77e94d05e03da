#include "appraisal/reference/reference_choice.hpp"

#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>

namespace muster::appraisal {

std::vector<file_claim> reference_choice::at_path(std::string_view path, std::size_t at_most) const {
  std::vector<file_claim> out;
  for (const auto* set : {current, next}) {
    if (set == nullptr) continue;
    for (const auto& one : set->at_path(path, at_most))
      if (out.size() < at_most && std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

bool reference_choice::knows_path(std::string_view path) const {
  const auto knows = [path](const reference_set* set) {
    return set != nullptr && (has_place(path) ? !set->at_path(path, 1).empty() : set->has_name(path));
  };
  return knows(current) || knows(next);
}

std::vector<const package*> reference_choice::packages_at(std::string_view path) const {
  std::vector<const package*> out;
  for (const auto* set : {current, next}) {
    if (set == nullptr) continue;
    for (const auto* one : set->packages_at(path))
      if (std::ranges::none_of(out, [&](const package* seen) { return *seen == *one; })) out.push_back(one);
  }
  return out;
}

} // namespace muster::appraisal
