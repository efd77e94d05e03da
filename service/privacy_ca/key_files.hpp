// Files of the CA: keys, and certificates that belong to them.
#pragma once

#include "crypto/secret.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace muster::service {

/// What the system said (errno) of this file.
fault file_fault(const std::filesystem::path& file, const char* what);

/// Writes beside the file and renames, so that a crash leaves the old one or the new one; through no link. A
/// file that has this content already is left alone: a full or read-only disk stops nobody who has nothing to
/// write. fault io names the file.
status store_file(const std::filesystem::path& file, std::string_view content, mode_t mode);

/// Whether it is there. fault io: that cannot be found out.
result<bool> is_there(const std::filesystem::path& file);

/// Whole. fault not_found: it is not there; io: it cannot be opened or read; malformed: it is empty; limit:
/// over 64 KiB.
result<std::string> load_file(const std::filesystem::path& file);

/// As `load_file`, and wiped by whoever lets go of it. fault denied: others than its owner may read or write
/// it.
result<crypto::secret> load_secret(const std::filesystem::path& file);

} // namespace muster::service
