#include "service/privacy_ca/certificates.hpp"

#include "appraisal/bundle/bundle_log.hpp"
#include "crypto/digest.hpp"
#include "records/record_codec.hpp"
#include "tpm/evidence/ak.hpp"

namespace muster::service {

namespace {

/// Clipped to the end of its issuer.
constexpr wall_time ak_certificate_end{~std::uint64_t{0}};

result<bytes> make_ak_certificate(const authorities& keys, const certificate_request& wanted, wall_time now) {
  auto area = tpm::parse_public_area(wanted.ak_public);
  if (!area) return area.fault();
  auto ak = tpm::verify_ak_form(std::move(*area));
  if (!ak) return ak.fault();
  auto made = keys.aks.issue_ak({wanted.id, wanted.generation}, ak->key(), {now, ak_certificate_end});
  if (!made) return made.fault();
  return made->der();
}

} // namespace

result<issued_certificates> make_node_certificates(const authorities& keys, const certificate_request& wanted,
                                                   wall_time now, std::chrono::milliseconds lifetime) {
  const auto key = crypto::public_key::from_spki(wanted.node_spki);
  if (!key) return key.fault();
  const crypto::validity when{now, {now.milliseconds + static_cast<std::uint64_t>(lifetime.count())}};
  const auto node = keys.nodes.issue_node(wanted.id, *key, when);
  if (!node) return node.fault();
  issued_certificates out;
  out.node_certificate = node->der();
  out.node_chain = {keys.nodes.cert().der()};
  out.serial = node->fields().serial;
  if (wanted.ak_public.empty()) return out;
  auto ak = make_ak_certificate(keys, wanted, now);
  if (!ak) return ak.fault();
  out.ak_certificate = std::move(*ak);
  out.ak_chain = {keys.aks.cert().der()};
  out.generation = wanted.generation;
  return out;
}

void record_certificate(write_batch& batch, const node_id& id, const issued_certificates& made,
                        wall_time now) {
  std::string text{made.ak_certificate.empty() ? "renewed" : "enrolled"};
  text += ", serial " + to_hex(made.serial);
  if (!made.ak_certificate.empty()) {
    batch.put<tables::ak_certificates>(
        id, to_record(ak_certificate_record{made.generation, made.ak_certificate, made.ak_chain, now}));
    text += ", " + appraisal::ak_certificate_words(made.ak_certificate);
  }
  // The channel proved who asks: by the node's present certificate, or by its TPM.
  batch.append_audit(audit_entry(now, "node " + to_string(id), "certificate", id, std::move(text)));
}

} // namespace muster::service
