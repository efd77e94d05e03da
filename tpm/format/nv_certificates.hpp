// X.509 certificates as makers of TPMs leave them in NV indices (TCG EK Credential Profile for TPM Family 2.0,
// 2.2.1): padded, sometimes under a header of TPM 1.2's time, sometimes not there at all.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <span>
#include <string>
#include <vector>

namespace muster::tpm {

/// "0x01c00002"
std::string nv_index_text(std::uint32_t index);

/// The certificate in an index for one EK certificate, as the SEQUENCE that it is (der_prefix.hpp); what follows
/// is padding and ignored. A header TCG_PCCLIENT_STORED_CERT in front of it (10 01 00, a length, and mostly
/// 10 02; TCG PC Client Specific Implementation Specification for Conventional BIOS 1.21, 7.4.5) is stripped. Its
/// length is not used: makers disagree on what it counts. fault malformed: the index is empty or erased (all 00 or
/// all ff), or holds something else; unsupported: a partial certificate (type 01), without the parts that its
/// maker's software would add.
result<byte_view> certificate_in_nv(byte_view content);

/// An index of a chain, with what was read from it.
struct nv_content {
  std::uint32_t index = 0;
  bytes content;
};

struct nv_chain {
  std::vector<bytes> certificates; ///< DER
  /// A printable sentence for each index that holds something else than certificates and padding, and for each
  /// certificate that is cut off.
  std::vector<std::string> notes;
};

/// The CA certificates in the indices of a chain, in ascending order. An index may have several certificates, and a
/// certificate may begin in one index and end in a later one. What is wrong with one index takes no certificate of
/// another one away. At most `most` certificates are returned; a note says that there were more.
nv_chain chain_in_nv(std::span<const nv_content> indices, std::size_t most);

} // namespace muster::tpm
