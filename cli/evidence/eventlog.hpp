// muster eventlog FILE
#pragma once

#include "cli/files/output.hpp"

namespace muster::cli {

struct eventlog_options {
  std::string file; ///< binary_bios_measurements
  output_format format = output_format::table;
};

/// Prints the events of a boot log and the PCR values that they give. Marks which texts the digests prove:
/// those under "proven" only; everything else is a hint. Nothing is compared with a TPM: see
/// `appraise_command`. Of a log that is damaged, what comes before that is printed, without values of PCRs,
/// and then the place. Exit status: 0, or `exit_error` if the file cannot be read or parsed to its end, or is
/// empty.
int eventlog_command(const eventlog_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
