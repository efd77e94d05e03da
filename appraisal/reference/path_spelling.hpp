// One file, several spellings: in its list the kernel writes "_" for a blank (kernel_name.hpp), and a bare
// name where it does not know the place of a file (ima_d_path).
#pragma once

#include "appraisal/policy/pattern.hpp"

#include <string>
#include <string_view>

namespace muster::appraisal {

/// The form in which the paths of a reference and of a list are compared: "_" for a blank, no empty
/// component, no "." and no "..". All other bytes stay, even those that are not UTF-8.
std::string plain_path(std::string_view path);

/// Whether the path already has that form, as nearly all have. Does not allocate.
bool is_plain_path(std::string_view path) noexcept;

/// Whether the path says where the file is. In any other name only the last component means something.
inline bool has_place(std::string_view path) noexcept { return path.starts_with('/'); }
inline std::string_view last_component(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

/// A path as a list spells it, prepared for many questions.
class spelled_path {
public:
  explicit spelled_path(std::string_view path);

  /// Same as the free function `may_match`.
  bool may_match(const pattern& one) const;

private:
  std::string_view path_;
  bool plain_;
  std::string in_plain_; ///< its plain form; empty if `path_` is plain
};

/// Whether a file that the list calls `path` may be at a path that `one` matches: each "_" may have been a
/// blank, it may have been deleted, and a bare name may be anywhere. True in doubt, so use it for what is
/// required, not for what is excused. At most four matches, each linear in the path.
bool may_match(const pattern& one, std::string_view path);

} // namespace muster::appraisal
