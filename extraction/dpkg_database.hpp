// The text files of dpkg's package database (dpkg(1), deb-control(5)).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

inline constexpr std::size_t max_dpkg_packages = 100'000;
inline constexpr std::size_t max_dpkg_files = 500'000; ///< of one package

/// A package of var/lib/dpkg/status that is installed.
struct dpkg_package {
  std::string name;
  std::string architecture;
  std::string version;
};

/// The paragraphs whose status is "install ok installed" or "hold ok installed". All other paragraphs are
/// skipped, whatever else they say. fault malformed: a line is neither a field, nor a continuation, nor
/// blank; an installed package has no name or version, or one with characters that are not allowed
/// (deb-control; the name becomes part of a file name); limit.
result<std::vector<dpkg_package>> parse_dpkg_status(std::string_view text);

struct dpkg_file {
  std::string path; ///< absolute
  std::array<std::uint8_t, 16> md5{};
};

/// Reads info/PACKAGE.md5sums: 32 hex digits, two blanks, a path without the leading slash. fault malformed,
/// with the line; limit.
result<std::vector<dpkg_file>> parse_md5sums(std::string_view text);

/// An entry of var/lib/dpkg/diversions: a file of another package listed at `from` is stored at `to`.
struct dpkg_diversion {
  std::string from;
  std::string to;
  std::string by; ///< package whose own file stays at `from`; ":" for a diversion by the administrator
};

/// Three lines for each diversion. fault malformed, limit.
result<std::vector<dpkg_diversion>> parse_diversions(std::string_view text);

} // namespace muster::extraction
