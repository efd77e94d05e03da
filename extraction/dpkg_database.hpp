// The database of Debian's packager, as its text files say it (dpkg(1), deb-control(5)).
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

/// The paragraphs whose status is "install ok installed" or "hold ok installed". A paragraph that is no
/// installed package is passed over, whatever else it says. fault malformed: a line that is neither a field,
/// nor its continuation, nor blank; an installed package without name or version, or with one that is none
/// (deb-control: what may stand in a file name is all that may stand in it); limit.
result<std::vector<dpkg_package>> parse_dpkg_status(std::string_view text);

struct dpkg_file {
  std::string path; ///< absolute
  std::array<std::uint8_t, 16> md5{};
};

/// info/PACKAGE.md5sums: 32 hex digits, two blanks, a path without the leading slash. fault malformed, with
/// the line; limit.
result<std::vector<dpkg_file>> parse_md5sums(std::string_view text);

/// var/lib/dpkg/diversions: the files of other packages at `from` lie at `to`.
struct dpkg_diversion {
  std::string from;
  std::string to;
  std::string by; ///< package whose own file stays at `from`; ":" if a person diverted it
};

/// Three lines each. fault malformed, limit.
result<std::vector<dpkg_diversion>> parse_diversions(std::string_view text);

} // namespace muster::extraction
