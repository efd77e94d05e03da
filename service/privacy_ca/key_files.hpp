// The CA's files: keys and their certificates.
#pragma once

#include "crypto/secret.hpp"
#include "files/whole_file.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace muster::service {

using files::file_fault;
using files::is_there;

/// `files::replace_durably` for text.
status store_file(const std::filesystem::path& file, std::string_view content, mode_t mode);

/// The whole content. fault not_found: the file does not exist; io: it cannot be opened or read; malformed:
/// it is empty; limit: over 64 KiB.
result<std::string> load_file(const std::filesystem::path& file);

/// Like `load_file`, but the memory is wiped when released. Also fault denied: users other than the owner may
/// use the file.
result<crypto::secret> load_secret(const std::filesystem::path& file);

} // namespace muster::service
