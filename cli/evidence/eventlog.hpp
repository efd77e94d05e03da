// muster eventlog FILE
#pragma once

#include "cli/files/output.hpp"

namespace muster::cli {

struct eventlog_options {
  std::string file; ///< binary_bios_measurements
  output_format format = output_format::table;
};

/// Prints the events of a boot log and the PCR values that they give. Only texts under "proven" are proven by
/// digests; everything else is a hint. Nothing is compared with a TPM: see `appraise_command`. For a damaged
/// log it prints the events before the damage, no PCR values, and then the place of the damage. Exit status:
/// 0, or `exit_error` if the file is empty or cannot be read and parsed to its end.
int eventlog_command(const eventlog_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
