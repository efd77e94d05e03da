// CRC-32C: detects what a disk, a cable or a stray write did to a record. It protects against no attacker.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster::service {

/// CRC-32C (RFC 3720, appendix B.4) of what `so_far` covers followed by `more`. Begin with 0.
std::uint32_t crc32c(std::uint32_t so_far, byte_view more) noexcept;

} // namespace muster::service
