// muster appraise --ak FILE --quote FILE --signature FILE [--pcrs FILE] --nonce HEX [--event-log FILE]
// [--ima-log FILE]
#pragma once

#include "cli/offline/output.hpp"

#include <optional>

namespace muster::cli {

/// Files as tpm2-tools writes them.
struct appraise_options {
  std::string ak;                  ///< PEM, TPM2B_PUBLIC or TPMT_PUBLIC
  std::string quote;               ///< TPMS_ATTEST (`tpm2_quote -m`)
  std::string signature;           ///< TPMT_SIGNATURE (`-s`)
  std::string nonce;               ///< hex (`-q`)
  std::optional<std::string> pcrs; ///< `-o`
  std::optional<std::string> event_log;
  std::optional<std::string> ima_log;
  output_format format = output_format::table;
};

/// Verifies evidence without a service, and says what it proves: `"genuine"` in JSON is true when signature,
/// nonce, PCR digest and the replay of each given log hold. The AK is trusted because the person at the
/// keyboard named it: genuine means "made by the holder of this key", no more. Exit status: genuine, not
/// genuine, or error (an option or file that is no evidence at all).
int appraise_command(const appraise_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
