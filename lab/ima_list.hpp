// The kernel's list of measured files, as a simulated kernel writes it. Pure.
#pragma once

#include "crypto/digest.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"

#include <string_view>

namespace muster::lab {

/// The PCR that IMA extends.
inline constexpr unsigned ima_pcr = 10;

/// Template data of ima-ng: "sha256:" NUL digest, then the path and its NUL. Spaces in the path become `_`,
/// as in the kernel. Each bank of PCR 10 is extended with its own hash of this data (Linux 5.8 and later).
bytes ima_data(std::string_view path, byte_view file_digest);

/// The entry of the binary list: PCR, SHA-1 of the data, template name, data.
bytes ima_entry(byte_view data);

} // namespace muster::lab
