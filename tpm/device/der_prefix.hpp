// How long a DER element is that has something behind it: NV indices are padded.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// The leading SEQUENCE of `input` with its header; what is behind it is not looked at. Only definite lengths
/// of at most three octets.
/// fault malformed: no SEQUENCE, or longer than the input.
result<byte_view> der_prefix(byte_view input);

/// The SEQUENCEs of `input` one behind the other, as a chain of certificates stands in NV. Bytes 0x00 and
/// 0xff between and behind them are padding. fault limit: more than `most`.
result<std::vector<bytes>> split_der(byte_view input, std::size_t most);

} // namespace muster::tpm
