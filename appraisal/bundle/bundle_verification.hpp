// Verifies a bundle part by part, from its own content alone. The service uses it on the bundle that it
// writes, `muster appraise --bundle` on the bundle that it reads, so both get the same result by
// construction. A pure value.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "appraisal/bundle/bundle_codec.hpp"
#include "appraisal/verdict/conclusion.hpp"

namespace muster::appraisal {

/// A bundle that verified.
struct verified_bundle {
  bundle_header header;
  appraisal::policy rules;
  std::shared_ptr<const reference_set> reference; ///< null: the group had none
  std::shared_ptr<const reference_set> staged;    ///< staged set, which counts as well; null: none
  attestation_outcome evidence;                   ///< claims, files and findings of the whole boot
  conclusion concluded;                           ///< by the bundle's own policy and reference
  result_content result;                          ///< the conclusion as a result
  /// The differences of the result in the bundle from `result`; empty: both are the same, byte for byte.
  std::vector<std::string> differs;
};

/// Takes the parts in the order of schemas/bundle.capnp. Makes these checks, each with its own fault:
///   header     version and fields; the node id is the SHA-256 of the EK's public area
///   policy     digest, canonical form, no defect
///   reference  digest and canonical form of each set
///   evidence   form of the AK; its signature over the quote; the qualifying data of nonce, node id,
///              exporter, node key and manifest; the selection covers sha256:0-14 and is the manifest's
///   boot log   the digest in the manifest, and replay to the quoted PCRs
///   IMA log    replay from entry 0 to the quoted PCRs
///   result     equal to the conclusion from all the above (a difference is reported, and is not a fault)
///   end        the chain of digests over all parts: bytes that nothing else covers are not damaged
/// The fault names part, place (byte of the bundle) and check. These checks do not prove that the AK lives in
/// the TPM of that EK, nor anything else that the header has only by the service's word.
class bundle_verification {
public:
  /// `evidence_by` is the policy by which the evidence is read, for `what_if`; null: the bundle's own policy.
  /// File signatures are verified, and the PCRs of IMA are chosen, while the evidence is read.
  explicit bundle_verification(std::shared_ptr<const policy> evidence_by = nullptr);
  ~bundle_verification();
  bundle_verification(bundle_verification&&) noexcept;
  bundle_verification& operator=(bundle_verification&&) noexcept;

  /// Takes the next part, a flat bundle::Part. After a fault, every call gives the same fault.
  status take(const frame& part);

  /// For a caller that writes a bundle: the result that follows from the parts so far. Call it once, when the
  /// logs are complete and before the result part.
  result<result_content> conclude();
  /// The digest over all parts taken so far, for the end part.
  const bytes32& chain() const noexcept;

  /// Call it after the last part. fault malformed: the end part is missing.
  result<verified_bundle> finish() &&;

  /// Most bytes of a reference set in a bundle.
  static constexpr std::size_t max_reference = std::size_t{512} << 20U;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// The conclusion from the same evidence under another policy or reference; null: the bundle's own. The
/// caller has given `rules` to `bundle_verification` as `evidence_by` when it read `bundle`.
conclusion what_if(const verified_bundle& bundle, const policy* rules, const reference_set* reference);

} // namespace muster::appraisal
