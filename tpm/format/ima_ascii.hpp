// The kernel's measurement list as text (ascii_runtime_measurements), made into a binary list.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>
#include <string_view>

namespace muster::tpm {

/// Whether a log begins as text: with a PCR ("%2d ", ima_ascii_measurements_show). A binary log begins with a
/// byte below 24.
bool looks_like_ascii_ima(byte_view log) noexcept;

/// The binary log of a text (security/integrity/ima/ima_fs.c, ima_ascii_measurements_show). A line has the
/// PCR, the template digest, the template's name, and one word for each field. The text says less than the
/// binary log: it has no byte order and no lengths of owners, and shows a field of any bytes as they are. The
/// template digest says which data was measured: it is tried in each byte order, and with the owners of old
/// kernels. Nothing is believed for that: a quote covers data, and the digest is only a hint which.
struct ascii_ima_beginning {
  bytes log; ///< of the lines before the first unreadable one, for `ima_log_reader`
  /// The first line whose template digest is of other data than was made of its words. Only the bank of
  /// `template_hashes` can then be replayed, and nothing says that it covers the words.
  std::optional<std::size_t> lost;
  bytes template_hashes;     ///< of those lines, in order, each of `hash_size` bytes; zeros for a violation
  std::size_t hash_size = 0; ///< 20 (SHA-1), or 32, 48 or 64 of another bank
  status ended;              ///< success, or the fault of `ima_log_from_ascii`
};
ascii_ima_beginning read_ascii_ima(std::string_view text);

/// The binary log of a whole text, as evidence: the data of each entry is what its template digest is of.
/// fault malformed or limit, with the line; unsupported: as `ima_template_named`, or the text does not give
/// the data that was measured.
result<bytes> ima_log_from_ascii(std::string_view text);

} // namespace muster::tpm
