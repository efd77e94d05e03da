// Files that people read and programs translate their words with: nothing executes or loads them as code.
#pragma once

#include <string_view>

namespace muster::appraisal {

/// Whether the path is below one of the folders where distributions put documentation, licences and
/// translations (Filesystem Hierarchy Standard 3.0, 4.11): /usr/share/doc, man, info, locale and their like.
/// Never for a path that is not in its one spelling, with `.` or `..` in it.
///
/// A path proves nothing about content, and such folders may hold programs (examples). So this may only make a
/// set smaller, where a file that is left out is unknown and becomes a finding when it is used, or a text for
/// people shorter.
bool is_documentation(std::string_view path) noexcept;

} // namespace muster::appraisal
