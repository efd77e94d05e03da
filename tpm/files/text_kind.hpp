// The kinds of text among the files that people give.
#pragma once

#include "tpm/files/file_kind.hpp"

namespace muster::tpm {

/// Whether the bytes are text for people: UTF-8 or ASCII without control characters other than white space, as
/// far as the first 4 KiB show. False for no bytes.
bool is_text(byte_view content) noexcept;

/// The kind of a text, `file_kind::text` if it has none of the known forms. A byte order mark is skipped.
file_kind kind_of_text(std::string_view content) noexcept;

} // namespace muster::tpm
