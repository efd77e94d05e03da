// Where machines keep their programs: what no policy may pass over as a whole.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// One of each kind of place that no exclusion may cover by accident: a pattern or directory that passes over
/// one of them is refused. Absolute paths of files.
std::span<const std::string_view> sample_programs() noexcept;

/// The directory of programs that is `path` or above it ("/usr/lib" for "/usr/lib/x/y"), and what is in such
/// a directory is a program until somebody names it. Empty: in none of them. /etc and /opt are none: data is
/// in them, too.
std::string_view place_around(std::string_view path) noexcept;

/// Why a policy may not pass over all that is at and below `directory`, which is as `parse_path` takes it: it
/// holds a sample, or is or lies in a directory of programs. Empty: it may.
std::string objection_to(std::string_view directory);

} // namespace muster::appraisal
