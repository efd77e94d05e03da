// muster eventlog FILE [--registers tpm|tdx]
#pragma once

#include "cli/evidence/register_name.hpp"
#include "cli/files/output.hpp"

namespace muster::cli {

struct eventlog_options {
  std::string file; ///< binary_bios_measurements, or a CCEL
  output_format format = output_format::table;
  std::optional<log_registers> registers{}; ///< empty: as `registers_of_file` says
};

/// Prints the events of a boot log and the register values that they give. Only texts under "proven" are
/// proven by digests; everything else is a hint. An event whose digest is not of its data is marked, with the
/// banks in which it is not (event_digest.hpp). Nothing is compared with a TPM: see `appraise_command`. So PCR 0
/// is replayed from its most likely start, which is printed, with the values from the others that are possible.
/// For a damaged log it prints the events before the damage, no values, and then the place of the damage. Exit
/// status: 0, or `exit_error` if the file is empty or cannot be read and parsed to its end.
int eventlog_command(const eventlog_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
