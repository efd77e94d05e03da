// The logs of a machine that measured a great many files.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::bench {

/// Files that such a machine has beside those of tests/data/vm/grub-sb.
inline constexpr std::size_t long_log_entries = 100'000;

/// Writes the logs of that machine into `folder`, whose IMA log goes on until it has `long_log_entries` more.
status write_long_evidence(const std::filesystem::path& folder);

} // namespace muster::bench
