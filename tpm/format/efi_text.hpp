// Text and names as UEFI writes them.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <string>

namespace muster::tpm {

/// UTF-16 little-endian as UTF-8, up to the first NUL. An odd byte at the end is dropped, and an unpaired
/// surrogate becomes U+FFFD. Foreign text.
std::string utf8_from_utf16(byte_view input);

/// Whether the bytes look like UTF-16 of mostly ASCII text: an even length, and every second byte zero.
bool looks_like_utf16(byte_view input) noexcept;

/// EFI_GUID (16 bytes, the first three numbers little-endian) as 8-4-4-4-12 hex digits.
std::string guid_text(byte_view guid);
/// The reverse of `guid_text`; empty for any other text.
bytes guid_bytes(std::string_view text);

/// The bytes without one NUL at their end, if there is one.
byte_view without_nul(byte_view text) noexcept;

/// Text in UTF-16 or in single bytes, made safe to print, without trailing NULs.
std::string efi_text(byte_view input);

} // namespace muster::tpm
