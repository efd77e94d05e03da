// The logs of a machine that measured very many files.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <string>

namespace muster::bench {

/// Number of files of such a machine in addition to those of tests/data/vm/grub-sb.
inline constexpr std::size_t long_log_entries = 100'000;

struct long_logs {
  bytes boot_log; ///< that of tests/data/vm/grub-sb
  bytes ima_log;
};

/// The logs of that machine. fault: a file of tests/data is missing.
result<long_logs> make_long_evidence();

/// The path of additional file number `file`. Its digest is the SHA-256 of its path.
std::string long_log_path(std::size_t file);

/// Writes that machine's logs into `folder` and continues its IMA log by `long_log_entries` entries.
status write_long_evidence(const std::filesystem::path& folder);

} // namespace muster::bench
