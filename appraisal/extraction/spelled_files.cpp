#include "appraisal/extraction/spelled_files.hpp"

#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>
#include <numeric>

namespace muster::appraisal {

spelled_files::spelled_files(const file_claims& files) : files_{&files} {
  for (std::size_t i = 0; i < files.size(); ++i)
    if (const auto path = files[i].path; !is_plain_path(path))
      respelt_.emplace(static_cast<std::uint32_t>(i), plain_path(path));
  if (respelt_.empty()) return;
  order_.resize(files.size());
  std::iota(order_.begin(), order_.end(), 0U);
  std::ranges::sort(order_, [this](std::uint32_t a, std::uint32_t b) {
    const auto order = path_at(a) <=> path_at(b);
    return order != 0 ? order < 0 : content_at(a) < content_at(b);
  });
  const auto alike = [this](std::uint32_t a, std::uint32_t b) {
    return path_at(a) == path_at(b) && content_at(a) == content_at(b);
  };
  order_.erase(std::unique(order_.begin(), order_.end(), alike), order_.end());
}

std::size_t spelled_files::end_of_path(std::size_t first) const noexcept {
  auto last = first + 1;
  while (last < size() && path(last) == path(first))
    ++last;
  return last;
}

std::string_view spelled_files::path_at(std::uint32_t place) const noexcept {
  const auto other = respelt_.find(place);
  return other == respelt_.end() ? (*files_)[place].path : std::string_view{other->second};
}

file_claim spelled_files::content_at(std::uint32_t place) const noexcept {
  auto out = content_of((*files_)[place]);
  out.path = {};
  return out;
}

} // namespace muster::appraisal
