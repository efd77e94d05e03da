// A boot log as lines that can be changed, and written as Linux shows it.
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

/// A line of what hashes its own data.
boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view data);
/// A line whose digest is of other bytes than its data.
boot_line line_of(std::uint32_t pcr, tpm::event_type type, byte_view measured_bytes, byte_view data);

struct boot_story {
  enum class form : std::uint8_t { crypto_agile, old };

  std::vector<hash_algorithm> shown = {banks.begin(), banks.end()}; ///< digests that the log has
  form written = form::crypto_agile;
  std::vector<boot_line> lines; ///< without the header
  bytes padding;                ///< behind the last line

  /// The last line of that PCR whose data has `text` in it; the number of lines if there is none.
  std::size_t find(std::uint32_t pcr, std::string_view text) const;
  /// The last program that the firmware started.
  std::size_t loader() const;
  /// The first separator of that PCR.
  std::size_t separator(std::uint32_t pcr) const;
  /// Something else is measured there. False: there is no such line.
  bool remeasure(std::size_t at, std::string_view content);
};

/// Of a log of the repository, which parses.
boot_story read_boot_story(byte_view log);
bytes to_bytes(const boot_story& story);

} // namespace muster::liar
