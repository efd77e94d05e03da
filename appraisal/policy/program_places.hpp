// Where machines keep their programs: places that no policy may skip as a whole.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// A sample for each kind of place that no exclusion may cover by accident: a pattern or directory that would
/// skip one of these is refused. Absolute paths of files.
std::span<const std::string_view> sample_programs() noexcept;

/// The directory of programs that is `path` or contains it ("/usr/lib" for "/usr/lib/x/y"); empty if none
/// does. Everything in such a directory counts as a program until the policy names it as data. /etc and /opt
/// are not such directories, because they hold data too.
std::string_view place_around(std::string_view path) noexcept;

/// Why a policy may not skip all of `directory`, given in the form that `parse_path` accepts: it contains a
/// sample, or it is or lies in a directory of programs. Empty if it may.
std::string objection_to(std::string_view directory);

} // namespace muster::appraisal
