// The logs of a machine that measured a great many files.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <string>

namespace muster::bench {

/// Files that such a machine has beside those of tests/data/vm/grub-sb.
inline constexpr std::size_t long_log_entries = 100'000;

struct long_logs {
  bytes boot_log; ///< as it is in tests/data/vm/grub-sb
  bytes ima_log;
};

/// The logs of that machine. fault: a file of tests/data is missing.
result<long_logs> make_long_evidence();

/// The path of a file that it has besides those. Its digest is the SHA-256 of its path.
std::string long_log_path(std::size_t file);

/// Writes the logs of that machine into `folder`, whose IMA log goes on until it has `long_log_entries` more.
status write_long_evidence(const std::filesystem::path& folder);

} // namespace muster::bench
