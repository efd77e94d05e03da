// The rules for text in messages.
#pragma once

#include <cstddef>
#include <string_view>

namespace muster {

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without
/// NUL.
bool is_plain_text(std::string_view text) noexcept;

/// Length in bytes, 1 to 4, of the well-formed character at the front of `text`; 0 if there is none. NUL is
/// well-formed.
std::size_t character_length(std::string_view text) noexcept;

} // namespace muster
