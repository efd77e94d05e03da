// The text files of dpkg's package database (dpkg(1), deb-control(5)).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

inline constexpr std::size_t max_dpkg_packages = 100'000;
inline constexpr std::size_t max_dpkg_files = 500'000; ///< of one package

struct dpkg_file {
  std::string path; ///< absolute
  std::array<std::uint8_t, 16> md5{};
};

/// A configuration file (deb-conffiles(5)), with the MD5 of what its package came with.
struct dpkg_conffile {
  std::string path; ///< absolute
  /// Empty: the package is not configured yet, so there is none.
  std::optional<std::array<std::uint8_t, 16>> md5;
  bool obsolete = false; ///< an older version of the package came with it
};

/// How much of a package is on the disk: the third word of `Status` (dpkg(1)). The first two words say what is
/// wanted and whether something failed, and not what is there.
enum class dpkg_state : std::uint8_t {
  unpacked,   ///< all of it: installed, triggers-pending, triggers-awaited, half-configured, unpacked
  unfinished, ///< an unknown part of it: half-installed, or a word that dpkg does not have
  removed,    ///< its configuration files at most: config-files
};

/// A package of var/lib/dpkg/status.
struct dpkg_package {
  std::string name; ///< if `unpacked`, fit for a file name; else whatever is there
  std::string architecture;
  std::string version;
  dpkg_state state = dpkg_state::unpacked;
  std::string status; ///< the third word of `Status`
  std::vector<dpkg_conffile> conffiles;
  std::vector<std::size_t> unread; ///< lines of `Conffiles` that are not a path and an MD5
};

/// All paragraphs, except those of packages that are not installed or have no `Status`. fault malformed: a
/// line is neither a field, nor a continuation, nor blank; a package that is unpacked has no name or version,
/// or one with characters that are not allowed (deb-control; the name becomes part of a file name); limit.
result<std::vector<dpkg_package>> parse_dpkg_status(std::string_view text);

struct dpkg_md5sums {
  std::vector<dpkg_file> files;
  std::vector<std::size_t> unread; ///< lines that are not an MD5 and a path
};

/// Reads info/PACKAGE.md5sums: 32 hex digits, two blanks, a path without the leading slash. What packages of
/// other tools write is read, too: one blank or a tab, an asterisk (md5sum(1), binary), `./` or a slash before
/// the path, the end of a line as on Windows. The path is then looked up on the disk, and the MD5 decides, so
/// no reading of a line can make a file good. fault limit.
result<dpkg_md5sums> parse_md5sums(std::string_view text);

/// Reads info/PACKAGE.list: one absolute path on each line, of files, links and folders alike. Other lines are
/// skipped. fault limit.
result<std::vector<std::string>> parse_dpkg_list(std::string_view text);

/// An entry of var/lib/dpkg/diversions: a file of another package listed at `from` is stored at `to`.
struct dpkg_diversion {
  std::string from;
  std::string to;
  std::string by; ///< package whose own file stays at `from`; ":" for a diversion by the administrator
};

/// Three lines for each diversion. fault malformed, limit.
result<std::vector<dpkg_diversion>> parse_diversions(std::string_view text);

} // namespace muster::extraction
