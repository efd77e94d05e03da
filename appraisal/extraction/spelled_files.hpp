// The files of a set by their paths in one spelling. Pure.
#pragma once

#include "appraisal/claims/file_claims.hpp"

#include <map>
#include <string>
#include <vector>

namespace muster::appraisal {

/// A view of a table in the order of its paths, each in its plain spelling (reference/path_spelling.hpp): what an
/// appraisal takes for one path is one path here. The same content under two spellings of a path is there once.
/// Nothing is copied of a table whose paths are all plain, as nearly all are.
class spelled_files {
public:
  /// `files` must be sorted and distinct, and outlive this.
  explicit spelled_files(const file_claims& files);

  std::size_t size() const noexcept { return respelt_.empty() ? files_->size() : order_.size(); }
  /// The place in the table of the `i`th file.
  std::uint32_t place(std::size_t i) const noexcept {
    return respelt_.empty() ? static_cast<std::uint32_t>(i) : order_[i];
  }
  /// Its path in plain spelling.
  std::string_view path(std::size_t i) const noexcept { return path_at(place(i)); }
  /// The file as the set has it.
  file_claim operator[](std::size_t i) const noexcept { return (*files_)[place(i)]; }
  /// The file without its path: what the files of one path are ordered by.
  file_claim content(std::size_t i) const noexcept { return content_at(place(i)); }
  /// One past the last file of the path of file `first`.
  std::size_t end_of_path(std::size_t first) const noexcept;

private:
  std::string_view path_at(std::uint32_t place) const noexcept;
  file_claim content_at(std::uint32_t place) const noexcept;

  const file_claims* files_;
  std::map<std::uint32_t, std::string>
      respelt_;                      ///< by place: the plain form of each path that has another one
  std::vector<std::uint32_t> order_; ///< of places; unused if `respelt_` is empty
};

} // namespace muster::appraisal
