#include "appraisal/reference/documentation.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::string_view folders[] = {
    "/usr/share/doc/",
    "/usr/share/doc-base/",
    "/usr/share/man/",
    "/usr/share/info/",
    "/usr/share/help/",
    "/usr/share/gtk-doc/",
    "/usr/share/licenses/",
    "/usr/share/common-licenses/",
    "/usr/share/lintian/",
    "/usr/share/locale/",
    "/usr/share/locale-langpack/",
};

bool is_plain(std::string_view path) noexcept {
  return path.find("/./") == path.npos && path.find("/../") == path.npos && !path.ends_with("/.")
         && !path.ends_with("/..");
}

} // namespace

bool is_documentation(std::string_view path) noexcept {
  return is_plain(path)
         && std::ranges::any_of(folders, [path](std::string_view one) { return path.starts_with(one); });
}

} // namespace muster::appraisal
