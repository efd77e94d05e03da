// A service that certifies the AKs of test machines, and a forger without a certificate.
#pragma once

#include "crypto/authority.hpp"
#include "schemas/records.capnp.h"
#include "tests/appraisal/bundled.hpp"
#include "tpm/evidence/ak.hpp"

namespace muster::testing {

struct certified_service {
  static constexpr wall_time made_at{1'700'000'000'000};
  static constexpr crypto::validity long_time{made_at, {made_at.milliseconds * 2}};
  crypto::authority root = *crypto::authority::make_root("ras.example root", long_time);
  crypto::authority aks = *root.make_issuer(crypto::purpose::ak, "aks", long_time);
  crypto::authority nodes = *root.make_issuer(crypto::purpose::node, "nodes", long_time);

  std::vector<crypto::certificate> anchors() const { return {root.cert()}; }

  void put_certificate(appraisal::bundle_header& header, const crypto::ak_owner& owner) const {
    header.ak_certificate =
        aks.issue_ak(owner, key_of(header), {{made_at.milliseconds + 1}, {~std::uint64_t{0}}})->der();
    header.ak_chain = {aks.cert().der()};
  }
  bytes node_certificate(const appraisal::bundle_header& header) const {
    return nodes.issue_node(header.node, key_of(header), long_time)->der();
  }
  bundled certify(bundled in) const {
    put_certificate(in.header, {in.header.node, in.header.generation});
    return in;
  }

private:
  static crypto::public_key key_of(const appraisal::bundle_header& header) {
    auto area = tpm::parse_public_area(header.evidence->ak_public);
    REQUIRE(area.ok());
    const auto ak = tpm::verify_ak_form(*std::move(area));
    REQUIRE(ak.ok());
    return ak->key();
  }
};

/// What `forger` quotes in the name of the machine with this header.
inline bundled forged_bundle(attesting_machine& forger, const appraisal::bundle_header& victim) {
  auto in = forger.challenge(appraisal::logs_wanted::whole);
  in.channel.node = victim.node;
  in.channel.node_spki = crypto::sha256(node_spki());
  const auto e = forger.answer(in);
  auto out = bundle_of(forger);
  out.header.node = victim.node;
  out.header.ek_public = victim.ek_public;
  out.header.number = in.challenge.number;
  out.header.evidence = std::make_shared<const appraisal::kept_evidence>(kept_from(forger, in, e));
  out.boot_log = e.boot_log;
  out.ima_log = e.ima_log;
  return out;
}

/// A record of the log, in its canonical form.
inline bytes audit_bytes(std::string_view action, const node_id& node, std::string_view text) {
  return muster::to_bytes(make_record<records::AuditEntry>([&](records::AuditEntry::Builder out) {
                            out.setVersion(1);
                            out.setWhenMs(1);
                            out.setActor("service");
                            out.setAction(text_of(std::string{action}));
                            out.setNode(data_of(node.raw));
                            out.setText(text_of(std::string{text}));
                          }).content());
}

} // namespace muster::testing
