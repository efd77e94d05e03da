// The kernel's measurement list as text (ascii_runtime_measurements): for reading, never as evidence.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string_view>

namespace muster::tpm {

/// Whether a log begins as text. A binary log begins with a PCR below 256 in four bytes.
bool looks_like_ascii_ima(byte_view log) noexcept;

/// The binary log that corresponds to this text (security/integrity/ima/ima_fs.c,
/// ima_ascii_measurements_show), for `ima_log_reader`. A line has the PCR, the template digest, the
/// template's name, and one word for each field. The text says less than the binary log: owners and modes are
/// assumed to have the lengths of current kernels. If that is wrong, the replay does not lead to the PCR.
/// fault malformed or limit, with the line; unsupported: as `ima_template_named`.
result<bytes> ima_log_from_ascii(std::string_view text);

/// The binary log of the lines before the first unreadable one, and why that one cannot be read.
struct ascii_ima_beginning {
  bytes log;
  status ended; ///< success, or the fault of `ima_log_from_ascii`
};
ascii_ima_beginning read_ascii_ima(std::string_view text);

} // namespace muster::tpm
