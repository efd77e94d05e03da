// Why no vendor vouches for a machine's TPM, in words for people, and what to do about it. Pure.
#pragma once

#include "standing/vouching.hpp"

#include <optional>
#include <string>

namespace muster::service {

struct unvouched {
  std::string why;    ///< safe to print
  std::string remedy; ///< fits the reason: no rule is loosened that had nothing to do with it
};

/// Computed from all certificates on record, also those of a candidate that waits, by what is in force now. So a
/// reload shows its effect at once. Empty: a vendor vouches.
std::optional<unvouched> why_unvouched(const node_record& node, const vendor_trust& trust, wall_time now);

/// The words for one judgement. `any_certificate`: whether one came that could be read.
unvouched explain_unvouched(const vouching& said, bool any_certificate, const vendor_trust& trust);

} // namespace muster::service
