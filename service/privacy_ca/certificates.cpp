#include "service/privacy_ca/certificates.hpp"

#include "crypto/digest.hpp"
#include "records/record_codec.hpp"
#include "tpm/evidence/ak.hpp"

namespace muster::service {

namespace {

result<bytes> make_ak_certificate(const authorities& keys, const node_id& id, byte_view ak_public,
                                  crypto::validity when) {
  auto area = tpm::parse_public_area(ak_public);
  if (!area) return area.fault();
  auto ak = tpm::verify_ak_form(std::move(*area));
  if (!ak) return ak.fault();
  auto made = keys.aks.issue_ak(id, ak->key(), when);
  if (!made) return made.fault();
  return made->der();
}

} // namespace

result<issued_certificates> make_node_certificates(const authorities& keys, const node_id& id, byte_view spki,
                                                   byte_view ak_public, wall_time now,
                                                   std::chrono::milliseconds lifetime) {
  const auto key = crypto::public_key::from_spki(spki);
  if (!key) return key.fault();
  const crypto::validity when{now, {now.milliseconds + static_cast<std::uint64_t>(lifetime.count())}};
  const auto node = keys.nodes.issue_node(id, *key, when);
  if (!node) return node.fault();
  issued_certificates out;
  out.node_certificate = node->der();
  out.node_chain = {keys.nodes.cert().der()};
  out.serial = node->fields().serial;
  out.not_after = node->fields().not_after;
  if (ak_public.empty()) return out;
  auto ak = make_ak_certificate(keys, id, ak_public, when);
  if (!ak) return ak.fault();
  out.ak_certificate = std::move(*ak);
  return out;
}

void record_certificate(write_batch& batch, const node_id& id, const issued_certificates& made,
                        wall_time now) {
  batch.put<tables::certificates>(content_address{crypto::sha256(made.serial)},
                                  make_record<records::Certificate>([&](records::Certificate::Builder out) {
                                    out.setSerial(data_of(made.serial));
                                    out.setNode(data_of(id.raw));
                                    out.setIssuedMs(now.milliseconds);
                                    out.setNotAfterMs(made.not_after.milliseconds);
                                  }));
  // The channel proved who asked: the node's certificate so far, or its TPM.
  batch.append_audit(audit_entry(now, "node " + to_string(id), "certificate", id,
                                 std::string{made.ak_certificate.empty() ? "renewed" : "enrolled"}
                                     + ", serial " + to_hex(made.serial)));
}

} // namespace muster::service
