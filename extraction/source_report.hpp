// What happened to the files of one source.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

/// Why something that a source has is not in the set.
enum class loss : std::uint8_t {
  excluded,           ///< the rules do not learn its path
  documentation,      ///< the caller wants no documentation (`is_documentation`)
  modified,           ///< its content is not the listed one
  configured,         ///< as `modified`, of a configuration file
  obsolete,           ///< a configuration file that its package no longer has
  missing,            ///< listed, and not there
  not_regular,        ///< a link, or another kind of file
  unreadable,         ///< the operating system refused, or it is too large
  no_digest,          ///< listed without a digest, or with one that no machine measures
  other_algorithm,    ///< its digests are of algorithms that the set is not made for, or that prove nothing
  outside,            ///< its path is not absolute, not in its one spelling, or leads out of the source
  unread_line,        ///< a line of a list that is not a digest and a path
  unlisted_package,   ///< a package without a list of digests
  unfinished_package, ///< a package that is not wholly unpacked
  removed_package,    ///< a package that was removed, except for its configuration files
};
inline constexpr auto last_loss = loss::removed_package;

/// The name of a reason for programs, such as "other-algorithm".
std::string_view to_string(loss why) noexcept;

/// "3 files not there, though listed": what a person reads.
std::string text_of(loss why, std::uint64_t count);

/// Whether the reason counts files, and not lines or packages.
bool counts_files(loss why) noexcept;

/// Counts by reason, what each count is made of, and notes for people. All texts are safe to print.
class source_report {
public:
  static constexpr std::size_t max_notes = 1000;
  static constexpr std::size_t max_listed = 200'000; ///< for each reason; the counts go on

  std::uint64_t learnt = 0; ///< files whose digests are in the set
  std::vector<std::string> notes;

  void note(std::string sentence) {
    if (notes.size() < max_notes) notes.push_back(std::move(sentence));
  }
  /// Puts a summary before the other notes.
  void note_first(std::string sentence) { notes.insert(notes.begin(), std::move(sentence)); }

  /// Counts one file, line or package that is not learnt, and lists it. `detail`, which must be safe to print,
  /// follows its name.
  void leave_out(loss why, std::string_view name, std::string_view detail = {});

  std::uint64_t count(loss why) const noexcept { return of_[index(why)].count; }
  /// What was counted, in the order in which it was met; the first of it if there is very much.
  const std::vector<std::string>& listed(loss why) const noexcept { return of_[index(why)].listed; }
  /// All files that the source had and the set has not, except those that the rules exclude.
  std::uint64_t left_out() const noexcept;
  /// All packages that gave nothing as a whole, or whose files nobody listed. Each count is in one of
  /// `count(loss::excluded)`, `left_out()`, `packages()` and `count(loss::unread_line)`.
  std::uint64_t packages() const noexcept;

private:
  struct reason {
    std::uint64_t count = 0;
    std::vector<std::string> listed;
  };
  static constexpr std::size_t index(loss why) noexcept { return static_cast<std::size_t>(why); }

  std::array<reason, static_cast<std::size_t>(last_loss) + 1> of_;
};

} // namespace muster::extraction
