// Files of the CA: keys, and certificates that belong to them.
#pragma once

#include "crypto/secret.hpp"
#include "files/whole_file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace muster::service {

using files::file_fault;
using files::is_there;

/// `files::replace_durably` of a text.
status store_file(const std::filesystem::path& file, std::string_view content, mode_t mode);

/// Whole. fault not_found: it is not there; io: it cannot be opened or read; malformed: it is empty; limit:
/// over 64 KiB.
result<std::string> load_file(const std::filesystem::path& file);

/// As `load_file`, and wiped by whoever lets go of it. fault denied: others than its owner may read or write
/// it.
result<crypto::secret> load_secret(const std::filesystem::path& file);

} // namespace muster::service
