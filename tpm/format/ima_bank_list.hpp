// The list of one bank (binary_runtime_measurements_sha256): the usual list with other template digests.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// The length of the template digests in a binary list, by its first entry: 20, or 32, 48 or 64 for the list
/// of one bank. 20 for what is not a list.
std::size_t ima_column_of(byte_view log);

/// The same entries with digests of the usual length, for `ima_log_reader`: cut, because nothing reads more
/// of them than whether they are zero. The bytes of a usual list come back as they are. The rest is left out
/// from the first unreadable entry on, and `ended` says why.
struct usual_ima_log {
  bytes log;
  status ended;
};
usual_ima_log with_usual_columns(bytes log);

} // namespace muster::tpm
