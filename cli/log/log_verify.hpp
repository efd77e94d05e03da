// muster log verify FILE
#pragma once

#include "cli/files/output.hpp"

#include <string>
#include <vector>

namespace muster::cli {

struct log_verify_options {
  std::string file;                    ///< of `muster log export` or `ras --export-log`
  std::vector<std::string> head_files; ///< log.head_file of the service, or `log_head` of an agent's state
  std::string key;                     ///< log.pem of the service's state; empty: signatures are not verified
  output_format format = output_format::table;
};

/// Recomputes the whole log and holds it against every head. Exit status: 0 nothing was removed or changed up
/// to the newest head, whose time is said, but for losses that were acknowledged, which are said, too; 1
/// something was, or nothing proves that nothing was; `exit_error` if a file cannot be read.
int log_verify_command(const log_verify_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
