// Measurements that are not files: keys, the command line of a kexec, critical data (template ima-buf).
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/format/ima_log.hpp"

#include <optional>

namespace muster::appraisal {

/// A buffer as a claim. Owns the digest that the claim shows.
struct buffer_claim {
  file_kind kind = file_kind::other;
  crypto::digest digest; ///< SHA-256 of the buffer, if `kind` says what it is
  std::string_view path; ///< view into the entry
};

/// The kernel states the kind of a buffer only by its name, so the content is examined too: a key is one DER
/// SEQUENCE; a command line has the name "kexec-cmdline" and ends at its first NUL, as the kernel reads it.
/// The caller has checked that the entry's digest is that of `buffer`.
buffer_claim buffer_claim_of(const tpm::ima_entry& entry, byte_view buffer);

/// What is wrong with a buffer: `buffer` or `not_a_file`, as below. It is separate from the finding because a
/// log can have a million such buffers, of which few are shown.
std::optional<judged_check> defect_of_buffer(const file_claim& claim, const policy& p);
finding buffer_finding(const file_claim& claim, judged_check defect, const policy& p);

/// "ima.buffer" if a rule of the policy applies and does not hold; "ima.not-a-file" if no rule applies; empty
/// if one holds, or if the claim is not a buffer. The name selects the rules, both those of keyrings and
/// those of critical data, whatever the content looks like.
std::optional<finding> appraise_buffer(const file_claim& claim, const policy& p);

} // namespace muster::appraisal
