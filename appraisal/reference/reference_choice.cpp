#include "appraisal/reference/reference_choice.hpp"

#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

/// The names that a file of a list may have had: this one and, if it may have been deleted, the one before.
std::vector<std::string_view> names_of(std::string_view logged) {
  const auto name = without_deleted(logged);
  if (name.size() == logged.size()) return {logged};
  return {logged, name};
}

} // namespace

std::vector<file_claim> reference_choice::at_path(std::string_view path, std::size_t at_most) const {
  std::vector<file_claim> out;
  for (const auto name : names_of(path))
    for (const auto* set : {current, next}) {
      if (set == nullptr) continue;
      for (const auto& one : set->at_path(name, at_most))
        if (out.size() < at_most && std::ranges::find(out, one) == out.end()) out.push_back(one);
    }
  return out;
}

bool reference_choice::knows_path(std::string_view path) const {
  const auto knows = [](const reference_set* set, std::string_view name) {
    return set != nullptr && (has_place(name) ? !set->at_path(name, 1).empty() : set->has_name(name));
  };
  return std::ranges::any_of(names_of(path),
                             [&](auto name) { return knows(current, name) || knows(next, name); });
}

std::vector<const package*> reference_choice::packages_at(std::string_view path) const {
  std::vector<const package*> out;
  for (const auto name : names_of(path))
    for (const auto* set : {current, next}) {
      if (set == nullptr) continue;
      for (const auto* one : set->packages_at(name))
        if (std::ranges::none_of(out, [&](const package* seen) { return *seen == *one; })) out.push_back(one);
    }
  return out;
}

} // namespace muster::appraisal
