// What the kernel measured that is no file: keys, the command line of a kexec, critical data (template
// ima-buf).
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/format/ima_log.hpp"

#include <optional>

namespace muster::appraisal {

/// A buffer as a claim. It owns what the claim shows.
struct buffer_claim {
  file_kind kind = file_kind::other;
  crypto::digest digest; ///< SHA-256 of the buffer, if `kind` says what it is
  std::string_view path; ///< view into the entry
};

/// The kernel says what a buffer is by its name only, so its content has a say: a key is one DER SEQUENCE, a
/// command line is what stands under the name "kexec-cmdline" up to the first NUL, as the kernel reads it.
/// Caller: the entry's digest is that of `buffer`.
buffer_claim buffer_claim_of(const tpm::ima_entry& entry, byte_view buffer);

/// What is wrong with a buffer: `buffer` or `not_a_file`, as below. Apart from the finding, since a log can
/// have a million of them and few are shown.
std::optional<judged_check> defect_of_buffer(const file_claim& claim, const policy& p);
finding buffer_finding(const file_claim& claim, judged_check defect, const policy& p);

/// "ima.buffer" if a rule of the policy is for it and does not hold, "ima.not-a-file" if no rule is for it;
/// empty if one holds. The name chooses the rules: those of keyrings and of critical data both, whatever the
/// content looks like. Claims that are no buffers: empty.
std::optional<finding> appraise_buffer(const file_claim& claim, const policy& p);

} // namespace muster::appraisal
