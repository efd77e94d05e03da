// A bundle, verified part by part from nothing but itself: the service over what it writes, `muster appraise
// --bundle` over what it reads. That both come to the same result is so by construction. A pure value.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "appraisal/bundle/bundle_record.hpp"
#include "appraisal/verdict/conclusion.hpp"

namespace muster::appraisal {

/// A bundle that verified.
struct verified_bundle {
  bundle_header header;
  appraisal::policy rules;
  std::shared_ptr<const reference_set> reference; ///< null: the group had none
  std::shared_ptr<const reference_set> staged;    ///< that passed beside it; null: none
  attestation_outcome evidence;                   ///< claims, files and findings of the whole boot
  conclusion concluded;                           ///< by the bundle's own policy and reference
  result_content result;                          ///< what was concluded, as a result
  /// What the bundle's result says otherwise; empty: it is the same, byte for byte.
  std::vector<std::string> differs;
};

/// Takes the parts in the order of schemas/bundle.capnp. Checks, each with its own fault:
///   header     version and fields; the node id is the SHA-256 of the EK's public area
///   policy     digest, canonical form, no defect
///   reference  digest and canonical form of each set
///   evidence   form of the AK; its signature over the quote; the qualifying data of nonce, node id,
///              exporter, node key and manifest; the selection covers sha256:0-14 and is the manifest's
///   boot log   the digest in the manifest, and replay to the quoted PCRs
///   IMA log    replay from entry 0 to the quoted PCRs
///   result     equal to what follows from all that (a difference is told, and is no fault here)
///   end        the chain of digests over all parts: what nothing else covers was not damaged
/// The fault names part, place (byte of the bundle) and check. It is not proven here that the AK lives in the
/// TPM of that EK, nor anything else that the header calls the service's word.
class bundle_verification {
public:
  /// `evidence_by`: what the evidence is read by, for `what_if`; null: the bundle's own policy. Whether a
  /// signature holds, and which buffers are looked into, is decided as it is read.
  explicit bundle_verification(std::shared_ptr<const policy> evidence_by = nullptr);
  ~bundle_verification();
  bundle_verification(bundle_verification&&) noexcept;
  bundle_verification& operator=(bundle_verification&&) noexcept;

  /// The next part, a flat bundle::Part. After a fault only the same fault comes.
  status take(const frame& part);

  /// For whoever writes a bundle: the result that its parts so far lead to. Once, in place of taking one.
  result<result_content> conclude();
  /// For the end part: over all parts taken so far.
  const bytes32& chain() const noexcept;

  /// After the last part.
  result<verified_bundle> finish() &&;

  /// Of a reference set in a bundle, bytes.
  static constexpr std::size_t max_reference = std::size_t{512} << 20U;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The verdict over the same evidence under other rules; null: the bundle's own. `bundle` was read by
/// `rules`.
conclusion what_if(const verified_bundle& bundle, const policy* rules, const reference_set* reference);

} // namespace muster::appraisal
