// The length of a DER element that has trailing bytes: NV indices are padded.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// The leading SEQUENCE of `input` with its header; the bytes after it are ignored. Only definite lengths of
/// at most three octets are accepted. fault malformed: no SEQUENCE, or one that is longer than the input.
result<byte_view> der_prefix(byte_view input);

/// The consecutive SEQUENCEs of `input`: a chain of certificates in NV has this form. Bytes 0x00 and 0xff
/// between and after them are padding. fault limit: more than `most`.
result<std::vector<bytes>> split_der(byte_view input, std::size_t most);

} // namespace muster::tpm
