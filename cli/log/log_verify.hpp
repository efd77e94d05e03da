// muster log verify FILE
#pragma once

#include "cli/files/output.hpp"

#include <string>
#include <vector>

namespace muster::cli {

struct log_verify_options {
  std::string file;                    ///< made by `muster log export` or `ras --export-log`
  std::vector<std::string> head_files; ///< log.head_file of the service, or `log_head` of an agent's state
  std::string key;                     ///< log.pem of the service's state; empty: signatures are not verified
  output_format format = output_format::table;
};

/// Recomputes the whole log and compares it with every head. Exit status 0: up to the newest head nothing was
/// removed or changed, except for acknowledged losses; the output names that head's time and those losses. 1:
/// something was removed or changed, or nothing proves the contrary. `exit_error`: a file cannot be read.
int log_verify_command(const log_verify_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
