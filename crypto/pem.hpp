// PEM blocks (RFC 7468): certificates and keys in files.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::crypto {

struct pem_block {
  std::string label; ///< "CERTIFICATE", "PRIVATE KEY", ...
  bytes der;
};

/// Most blocks in one text; more are a fault limit.
inline constexpr std::size_t max_pem_blocks = 64;
/// Longest text, in bytes.
inline constexpr std::size_t max_pem_size = 1024UL * 1024;

/// All blocks, in order. Text between blocks is skipped, as RFC 7468 allows. A block that begins must also
/// end. Encrypted blocks ("Proc-Type" headers) are refused. fault malformed, also for a text without a block.
result<std::vector<pem_block>> parse_pem(std::string_view text);

/// The only block of a text that has nothing else but white space.
result<pem_block> parse_one_pem(std::string_view text);

std::string to_pem(std::string_view label, byte_view der);

} // namespace muster::crypto
