#include "appraisal/policy/kernel_name.hpp"

#include <algorithm>

namespace muster::appraisal {

std::string kernel_name(std::string_view name) {
  std::string out{name};
  std::ranges::replace(out, ' ', '_');
  return out;
}

bool begins_as_kernel_name(std::string_view logged, std::string_view beginning) noexcept {
  return logged.size() >= beginning.size()
         && std::ranges::equal(logged.substr(0, beginning.size()), beginning,
                               [](char found, char c) { return found == c || (c == ' ' && found == '_'); });
}

bool is_kernel_name(std::string_view logged, std::string_view name) noexcept {
  return logged.size() == name.size() && begins_as_kernel_name(logged, name);
}

std::string_view without_deleted(std::string_view logged) noexcept {
  for (const std::string_view end : {"_(deleted)", " (deleted)"})
    if (logged.size() > end.size() && logged.ends_with(end))
      return logged.substr(0, logged.size() - end.size());
  return logged;
}

} // namespace muster::appraisal
