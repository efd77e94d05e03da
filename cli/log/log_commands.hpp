// The commands about the log of records that ask the service. Their form is that of
// cli/nodes/node_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::cli {

/// muster log show. Without `after` shows the newest records; with JSON, one rest::LogPage.
struct log_show_options {
  std::optional<std::uint64_t> after; ///< number of a record: its leaf
  std::uint32_t limit = 50;
};
int log_show(const surroundings& around, const log_show_options& options);

/// muster log head. Exit status: `exit_untrusted` while the service is rolled back.
int log_head(const surroundings& around);

/// muster log acknowledge --head SIZE:ROOT ...
int log_acknowledge(const surroundings& around, const std::vector<std::string>& heads);

/// muster log export FILE. Writes every record and every head, one to a line (rest::LogLine), for `muster log
/// verify`.
int log_export(const surroundings& around, const std::string& file);

} // namespace muster::cli
