// The output of `rpm` when it lists the files of its packages.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

/// The query format whose output `parse_rpm_listing` reads: one line for each file, with tabs between fields.
inline constexpr std::string_view rpm_query_format =
    "[%{=NAME}\\t%{=EVR}\\t%{=FILEDIGESTALGO}\\t%{FILEDIGESTS}\\t%{FILEMODES}\\t%{FILEFLAGS}\\t%{FILENAMES}"
    "\\n]";

enum class rpm_file_kind : std::uint8_t {
  plain,
  configuration, ///< %config: people may change it
};

/// A regular file of a package.
struct rpm_file {
  std::string package;
  std::string version; ///< epoch, version and release
  std::string path;    ///< absolute
  rpm_file_kind kind = rpm_file_kind::plain;
  /// The algorithm of `digest`; empty if it is not accepted as proof (MD5) or unknown.
  std::optional<hash_algorithm> algorithm;
  bytes digest; ///< empty: none is listed, as for a %ghost, of which the package has no content
};

/// The regular files. Directories, links and devices are skipped. fault malformed, with the line; limit.
result<std::vector<rpm_file>> parse_rpm_listing(std::string_view text);

} // namespace muster::extraction
