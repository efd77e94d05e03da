// muster appraise --bundle FILE [--anchor FILE [--key FILE]] [--policy FILE] [--reference SET]
#pragma once

#include "cli/files/output.hpp"

#include <optional>

namespace muster::cli {

struct bundle_options {
  std::string file;
  std::optional<std::string> anchor;    ///< PEM or DER of the service that is trusted to vouch for the AK
  std::optional<std::string> key;       ///< public key of its log: proves since when the evidence has existed
  std::optional<std::string> policy;    ///< what the verdict would be under this policy
  std::optional<std::string> reference; ///< what the verdict would be against this set
  output_format format = output_format::table;
};

/// Verifies a bundle (docs/evidence.md) from its own content alone, and compares the outcome with the result
/// that it carries, byte for byte. With a policy or a reference it also says what the verdict would be under
/// them. Exit status with an anchor: that of the verdict, as for `muster node show`, but without freshness
/// and standing. Without an anchor: `exit_unvouched`, because anyone can make such a bundle with their own
/// key and the public part of another machine's EK. Error: the bundle does not verify, the anchor does not
/// vouch for it, or its result does not follow from its evidence.
int appraise_bundle_command(const bundle_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
