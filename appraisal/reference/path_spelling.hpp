// One file, several spellings: the kernel writes "_" for a blank into its list, and a name without its place
// where it knows none (ima_template_lib.c, ima_d_path).
#pragma once

#include "appraisal/policy/pattern.hpp"

#include <string>
#include <string_view>

namespace muster::appraisal {

/// The form in which paths of a reference and of a list are compared: "_" for a blank, no empty component, no
/// "." and no "..". Any other byte stays, also what is no UTF-8.
std::string plain_path(std::string_view path);

/// Whether it has that form already, nearly always; without allocation.
bool is_plain_path(std::string_view path) noexcept;

/// Whether it says where the file lies. Of any other name only the last component says something.
inline bool has_place(std::string_view path) noexcept { return path.starts_with('/'); }
inline std::string_view last_component(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);
}

/// A path as a list has it, for many questions.
class spelled_path {
public:
  explicit spelled_path(std::string_view path);

  /// As `may_match` below.
  bool may_match(const pattern& one) const;

private:
  std::string_view path_;
  bool plain_;
  std::string in_plain_; ///< its plain form, unless it is that
};

/// Whether a file that the list calls `path` may lie at a path that `one` matches: each "_" may have been a
/// blank, and a name without its place may lie anywhere. True in doubt: for what is required, not for what is
/// excused. At most two matches, each linear in the path.
bool may_match(const pattern& one, std::string_view path);

} // namespace muster::appraisal
