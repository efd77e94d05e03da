// All that keeps a certificate from being believed as an EK's, for people who have to mend it.
#pragma once

#include "crypto/ek_certificate.hpp"

namespace muster::crypto {

/// What a certificate is that is not made for an EK, to follow "this is": "the certificate of a CA". Empty: it may be
/// an EK's. Decided by what it says of itself (basicConstraints, extended key usages, the attributes of a TPM in its
/// alternative name), so it serves advice and proves nothing.
std::string_view other_purpose(const certificate& one) noexcept;

/// The refusals of `judge_ek_certificate`, each with the ones before it excused: as if the certificate were in its
/// time, then as if its manufacturer were listed. At most one of each reason. Empty: it verifies. For display only:
/// whether it is believed, `judge_ek_certificate` alone decides.
std::vector<ek_refusal> ek_doubts(const certificate& leaf, std::span<const certificate> sent_along,
                                  const vendor_store& store, ek_policy policy, wall_time at);

} // namespace muster::crypto
