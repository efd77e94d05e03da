// EFI_SIGNATURE_LIST: the content of the variables db, dbx, KEK and PK.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// The number of signatures in the lists (UEFI 2.10, 32.4.1), with no trailing bytes. Empty input has 0
/// signatures. fault malformed.
result<std::uint64_t> count_signatures(byte_view lists);

} // namespace muster::tpm
