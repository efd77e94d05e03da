// muster imalog FILE
#pragma once

#include "cli/files/output.hpp"

namespace muster::cli {

struct imalog_options {
  std::string file; ///< binary_runtime_measurements, or the same as text
  output_format format = output_format::table;
};

/// Prints the entries of an IMA log and the PCR values that they give in each bank: with the bank's own
/// template hash, and with SHA-1 padded to the bank's length, as some kernels do. A text that does not give
/// all measured data is replayed from its template hashes, in their bank only, and the output says so.
/// Nothing is compared with a TPM: see `appraise_command`. For a damaged log it prints the entries before the
/// damage, no PCR values, and then the place of the damage. Exit status: 0, or `exit_error` if the file is
/// empty or cannot be read and parsed to its end.
int imalog_command(const imalog_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
