#include "appraisal/bundle/bundle_vouching.hpp"

#include "tpm/evidence/ak.hpp"

namespace muster::appraisal {

namespace {

result<tpm::ak_public> ak_of(const bundle_header& header) {
  auto area = tpm::parse_public_area(header.evidence->ak_public);
  if (!area) return area.fault();
  return tpm::verify_ak_form(*std::move(area));
}

} // namespace

result<bytes> ak_name_of(const bundle_header& header) {
  const auto ak = ak_of(header);
  if (!ak) return ak.fault();
  return ak->name();
}

result<vouched_ak> verify_bundle_ak(const bundle_header& header,
                                    std::span<const crypto::certificate> anchors) {
  if (header.ak_certificate.empty())
    return fault{errc::not_found,
                 "attestation key: the bundle has no certificate for it: export it again from a service that "
                 "issues one, after the machine has enrolled there again"};
  const auto ak = ak_of(header);
  if (!ak) return ak.fault();
  const auto leaf = crypto::certificate::from_der(header.ak_certificate);
  if (!leaf) return fault{leaf.fault().code, "attestation key: its certificate: " + leaf.fault().check};
  std::vector<crypto::certificate> chain;
  for (const auto& one : header.ak_chain) {
    auto parsed = crypto::certificate::from_der(one);
    if (!parsed) return fault{parsed.fault().code, "attestation key: its chain: " + parsed.fault().check};
    chain.push_back(*std::move(parsed));
  }
  // The issuer of AKs signed the leaf. The issuer is trusted because its chain ends at the caller's anchor.
  const auto verified =
      crypto::verify_chain(*leaf, chain, anchors, crypto::purpose::ak, leaf->fields().not_before);
  if (!verified)
    return fault{verified.fault().code,
                 "attestation key: the anchor does not vouch for it: " + verified.fault().check};
  if (!same(leaf->key().spki(), ak->key().spki()))
    return fault{errc::mismatch, "attestation key: the certificate is for another key than signed the quote"};
  const auto owner = crypto::ak_owner_from(verified->id());
  if (!owner || owner->node != header.node)
    return fault{errc::mismatch, "attestation key: the certificate names another machine"};
  if (owner->generation != header.generation)
    return fault{errc::mismatch, "attestation key: the certificate names generation "
                                     + std::to_string(owner->generation.value) + ", the bundle "
                                     + std::to_string(header.generation.value)};
  return vouched_ak{*owner, leaf->fields().not_before, verified->certificates().back().fields().subject};
}

} // namespace muster::appraisal
