// What happened to the files of one source.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace muster::extraction {

/// Counts, and the first notes for people. Notes are safe to print.
struct source_report {
  static constexpr std::size_t max_notes = 1000;

  std::uint64_t learnt = 0;   ///< files whose digests are in the set
  std::uint64_t skipped = 0;  ///< files that the rules do not learn
  std::uint64_t left_out = 0; ///< files that the source does not vouch for: modified, missing, unreadable
  std::vector<std::string> notes;

  void note(std::string sentence) {
    if (notes.size() < max_notes) notes.push_back(std::move(sentence));
  }
  /// Puts a summary before the other notes.
  void note_first(std::string sentence) { notes.insert(notes.begin(), std::move(sentence)); }
  void leave_out(std::string_view path, std::string_view why) {
    ++left_out;
    note(printable(path) + ": " + std::string{why});
  }
};

} // namespace muster::extraction
