// What `rpm` answers when it is asked for the files of its packages.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

/// The query format that `parse_rpm_listing` reads: a line for each file, fields with tabs between them.
inline constexpr std::string_view rpm_query_format =
    "[%{=NAME}\\t%{=EVR}\\t%{=FILEDIGESTALGO}\\t%{FILEDIGESTS}\\t%{FILEMODES}\\t%{FILENAMES}\\n]";

/// A regular file of a package.
struct rpm_file {
  std::string package;
  std::string version; ///< epoch, version and release
  std::string path;    ///< absolute
  /// Of `digest`; empty: an algorithm that we do not take as proof (MD5) or do not know.
  std::optional<hash_algorithm> algorithm;
  bytes digest;
};

/// Regular files with a digest; directories, links and ghosts are passed over. fault malformed: with the
/// line; limit.
result<std::vector<rpm_file>> parse_rpm_listing(std::string_view text);

} // namespace muster::extraction
