// The kernel's list of what it measured, as text (ascii_runtime_measurements): for reading, never evidence.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string_view>

namespace muster::tpm {

/// Whether a log begins as text does: a binary one begins with a PCR below 256 in four bytes.
bool looks_like_ascii_ima(byte_view log) noexcept;

/// The binary log that the kernel would have shown for this text (security/integrity/ima/ima_fs.c,
/// ima_ascii_measurements_show), for `ima_log_reader`. A line has the PCR, the template digest, the
/// template's name, and one word for each field. Text says less than the binary log: owners and modes are
/// taken for the lengths of present kernels. Where that is wrong, the replay does not lead to the PCR. fault
/// malformed or limit, with the line; unsupported: as `ima_template_named`.
result<bytes> ima_log_from_ascii(std::string_view text);

/// The binary log of the lines before the first that cannot be read, and why that cannot.
struct ascii_ima_beginning {
  bytes log;
  status ended; ///< a fault: as `ima_log_from_ascii` gives it
};
ascii_ima_beginning read_ascii_ima(std::string_view text);

} // namespace muster::tpm
