// The length of a DER element that has trailing bytes: NV indices are padded.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// The leading SEQUENCE of `input` with its header; the bytes after it are ignored. Only definite lengths of
/// at most three octets are accepted. fault malformed: no SEQUENCE, or one that is longer than the input.
result<byte_view> der_prefix(byte_view input);

} // namespace muster::tpm
