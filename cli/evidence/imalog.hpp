// muster imalog FILE
#pragma once

#include "cli/files/output.hpp"

namespace muster::cli {

struct imalog_options {
  std::string file; ///< binary_runtime_measurements
  output_format format = output_format::table;
};

/// Prints the entries of an IMA log and the PCR values that they give in each bank: with the bank's own
/// template hash, and as kernels do that pad SHA-1. Nothing is compared with a TPM: see `appraise_command`.
/// Of a log that is damaged, what comes before that is printed, without values of PCRs, and then the place.
/// Exit status: 0, or `exit_error` if the file cannot be read or parsed to its end, or is empty.
int imalog_command(const imalog_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
