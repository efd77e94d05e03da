// muster appraise --bundle FILE [--anchor FILE [--key FILE]] [--policy FILE] [--reference SET]
#pragma once

#include "cli/files/output.hpp"

#include <optional>

namespace muster::cli {

struct bundle_options {
  std::string file;
  std::optional<std::string> anchor;    ///< PEM or DER of the service that is trusted to vouch for the AK
  std::optional<std::string> key;       ///< public key of its log: proves since when the evidence exists
  std::optional<std::string> policy;    ///< what if it were judged by this one
  std::optional<std::string> reference; ///< what if it were compared with this one
  output_format format = output_format::table;
};

/// Verifies a bundle (docs/evidence.md) from nothing but itself, and compares what follows with the result
/// that it carries, byte for byte. With a policy or a reference it also says what the verdict would be under
/// them. Exit status: with an anchor of the verdict, as `muster node show`, freshness and standing left out;
/// without one `exit_unvouched`, since anybody can make such a bundle of a key of his own and the public part
/// of another machine's EK; error for a bundle that does not verify, that the anchor does not vouch for, or
/// whose result is not what its evidence gives.
int appraise_bundle_command(const bundle_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
