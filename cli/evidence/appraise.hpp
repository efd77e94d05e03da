// muster appraise --ak FILE --quote FILE --signature FILE [--pcrs FILE] --nonce HEX [--event-log FILE]
// [--ima-log FILE] [--reference SET] [--policy FILE] [--learn SET]
#pragma once

#include "cli/files/output.hpp"

#include <optional>

namespace muster::cli {

/// Files as tpm2-tools writes them.
struct appraise_options {
  std::string ak;                  ///< TPM2B_PUBLIC, TPMT_PUBLIC, or a public key in PEM or DER
  std::string quote;               ///< TPMS_ATTEST (`tpm2_quote -m`)
  std::string signature;           ///< TPMT_SIGNATURE (`-s`), or plain (`-f plain`)
  std::string nonce;               ///< hex (`-q`); empty: the quote was made without one
  std::optional<std::string> pcrs; ///< `-o`, also with `-F values`; or the output of `tpm2_pcrread`
  std::optional<std::string> event_log;
  std::optional<std::string> ima_log;
  std::optional<std::string> reference; ///< set to compare with: see reference_file.hpp
  std::optional<std::string> policy;    ///< used in place of the default: see policy_file.hpp
  std::optional<std::string> learn;     ///< where to write the set under which exactly this machine is good
  output_format format = output_format::table;
};

/// Verifies evidence without a service, and says what it proves: `"genuine"` in JSON is true when the
/// signature, the nonce, the PCR digest and the replay of each given log hold. The AK is trusted because the
/// user named it: genuine means "made by the holder of this key", no more. Exit status: genuine, not genuine,
/// or error (a bad option, or a file that is not evidence at all: it is named by its kind, and never judged).
///
/// Without a nonce nothing shows that the quote is not an old one. So the output says that, the verdict is at
/// most a warning, and nothing is learnt.
///
/// With a reference or a policy, the evidence is judged as the service would judge it, and the exit status is
/// that of `muster node show`: trusted, untrusted (also if not genuine), warning, unknown (without a
/// reference), error. Learning refuses evidence that is not genuine or that fails under the policy.
int appraise_command(const appraise_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
