// Keylime's runtime policy (JSON, version 1), read for the digests in it.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::extraction {

inline constexpr std::size_t max_keylime_bytes = std::size_t{64} << 20U;

struct keylime_policy {
  appraisal::file_claims files;      ///< of `digests`, in the order of the document
  std::vector<std::string> excludes; ///< patterns of paths that Keylime passes over, in Python's syntax
  /// What Keylime would do and a reference set cannot, one sentence each; safe to print. Whoever imports
  /// reads them: keys, keyrings and exclusions belong into a policy, or are not done here.
  std::vector<std::string> notes;
};

/// Digests have no algorithm in this format: their length says it, and 64 digits are SHA-256. boot_aggregate
/// (one machine's boot) and all-zero digests (violations) are left out and told. fault malformed: not JSON, a
/// key twice, no `digests`, a digest that is none; unsupported: a version of the format over 5; limit.
result<keylime_policy> parse_keylime_policy(std::string_view json);

} // namespace muster::extraction
