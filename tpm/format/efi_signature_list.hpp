// EFI_SIGNATURE_LIST: what the variables db, dbx, KEK and PK hold.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// How many signatures the lists hold (UEFI 2.10, 32.4.1), nothing behind the last. No bytes are no
/// signature. fault malformed.
result<std::uint64_t> count_signatures(byte_view lists);

} // namespace muster::tpm
