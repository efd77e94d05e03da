// A boot log as lines that can be changed, and written in the form that Linux shows.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "tests/liar/measurement.hpp"
#include "tpm/format/event_type.hpp"

#include <string_view>
#include <vector>

namespace muster::liar {

struct boot_line {
  std::uint32_t pcr = 0;
  tpm::event_type type{};
  measurement digests;
  bytes data;
};

/// A line whose digests are of its own data.
boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view data);
/// A line whose digests are of other bytes than its data.
boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view measured_bytes, byte_view data);

struct boot_story {
  enum class form : std::uint8_t { crypto_agile, old };

  std::vector<hash_algorithm> shown = {banks.begin(), banks.end()}; ///< algorithms of the log's digests
  form written = form::crypto_agile;
  std::vector<boot_line> lines; ///< without the header
  bytes padding;                ///< after the last line

  /// Index of the last line of that PCR whose data contains `text`; the number of lines if there is none.
  std::size_t find(std::uint32_t pcr, std::string_view text) const;
  /// Index of the last program that the firmware started.
  std::size_t loader() const;
  /// Index of the first separator of that PCR.
  std::size_t separator(std::uint32_t pcr) const;
  /// Replaces the measurement of that line by one of `content`. False: there is no such line.
  bool remeasure(std::size_t at, std::string_view content);
};

/// Reads a log of the repository, which must parse.
boot_story read_boot_story(byte_view log);
bytes to_bytes(const boot_story& story);

} // namespace muster::liar
