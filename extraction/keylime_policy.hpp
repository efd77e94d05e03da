// Reads the digests of a Keylime runtime policy (JSON).
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "extraction/source_report.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

inline constexpr std::size_t max_keylime_bytes = std::size_t{64} << 20U;

struct keylime_policy {
  appraisal::file_claims files;      ///< of `digests`, in the order of the document
  std::vector<std::string> excludes; ///< patterns of paths that Keylime skips, in Python's syntax
  /// What Keylime does and a reference set cannot, one sentence each; safe to print. The caller shows them to
  /// the operator who imports: keys, keyrings and exclusions belong into a policy, or are not supported.
  std::vector<std::string> notes;
  source_report report; ///< what was left out of `files`
};

/// Reads a policy, also in the DSSE envelope of `keylime-policy sign`. The signature of an envelope is not
/// verified, and the first note says so, with who is said to have signed.
///
/// The format states no algorithm for a digest. Its length determines the algorithm; 64 hex digits mean
/// SHA-256. boot_aggregate (one machine's boot) and all-zero digests (violations) are left out, with a note.
/// fault malformed: not JSON, a duplicate key, no `digests`, or an invalid digest; unsupported: a format
/// version over 5; limit.
result<keylime_policy> parse_keylime_policy(std::string_view json);

} // namespace muster::extraction
