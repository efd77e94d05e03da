// What changes from one reference set to another, grouped by package, for the people who approve it. Pure.
#pragma once

#include "appraisal/reference/reference_set.hpp"

#include <span>

namespace muster::appraisal {

/// A boot value or event that differs. `was` and `is` are safe to print; empty: the set has none.
struct boot_change {
  std::uint8_t pcr = 0;
  std::size_t event = 0; ///< its place in the PCR's list, from 1; 0: the value
  std::string was;
  std::string is;
};

/// A path whose contents differ between two sets.
struct path_change {
  char sign = '~';         ///< '+': only the new set has it; '-': only the old one; '~': other contents
  std::string path;        ///< safe to print
  std::string_view digest; ///< a remark about the digest: "SHA-1", "fs-verity"; empty: nothing
};

/// The changes of one package; with an empty name, those of files that belong to no package.
struct package_change {
  std::string name;          ///< safe to print
  std::string from;          ///< versions of the old set, with " or " between them; empty: the package is new
  std::string to;            ///< of the new one; empty: it is gone
  std::uint64_t changed = 0; ///< paths whose contents differ
  std::uint64_t added = 0;   ///< paths that only the new set has
  std::uint64_t removed = 0; ///< paths that only the old set has
  std::uint64_t documentation = 0; ///< those of all these that are documentation (documentation.hpp)
  std::vector<path_change> paths;  ///< the first of all these, at most `max_paths`

  /// Whether only documentation differs. Never for files of no package: what machines taught has none, and a
  /// program can be measured under any path.
  bool only_documentation() const noexcept;
};

/// How much of a difference is listed.
enum class diff_detail : std::uint8_t { first, all };

struct reference_diff {
  static constexpr std::size_t max_boot = 64;  ///< boot changes that are listed
  static constexpr std::size_t max_paths = 20; ///< paths that are listed for each package

  std::vector<boot_change> boot;
  bool more_boot = false;
  /// Parts of the boot that one set compares and the other leaves out, as sentences.
  std::vector<std::string> rules;
  std::vector<package_change> packages; ///< by name; files of no package last
  std::uint64_t same_files = 0;         ///< (path, digest) that both have

  bool empty() const noexcept { return boot.empty() && rules.empty() && packages.empty(); }
  std::uint64_t changed() const noexcept;
  std::uint64_t added() const noexcept;
  std::uint64_t removed() const noexcept;
};

/// If `before` is null, everything is new. A path counts once, however many contents it has and however it is
/// spelt (spelled_files.hpp): what differs here makes a difference for a machine. Takes one pass over both file
/// tables. With `diff_detail::all` there is no bound on what is listed but the sets themselves.
reference_diff compare_references(const reference_set* before, const reference_set& after,
                                  diff_detail detail = diff_detail::first);

/// "2 packages, 14 files and 3 boot values or events", "nothing": how much differs. Safe to print.
std::string summary_of(const reference_diff& diff);

/// One line for each change, the boot first:
///   "PCR 8, event 4: \"linux /vmlinuz-1\" -> \"linux /vmlinuz-2\""
///   "12 files of openssl 3.0.11 -> 3.0.13"    with ", 2 added, 1 removed" where there are such
///   "2 files of no package added"
/// Under each line about files, indented, come the first few paths: five of a package, all listed ones of
/// files without a package. Packages of which only documentation differs are counted in one line, after all
/// others: "2 packages, 30 files: only documentation". With `diff_detail::all` they are listed as all others, and
/// every path is. There are at most `at_most` lines, of which the last counts the rest. "nothing changes" if
/// nothing does. Safe to print.
std::vector<std::string> lines_of(const reference_diff& diff, std::size_t at_most,
                                  diff_detail detail = diff_detail::first);

} // namespace muster::appraisal
