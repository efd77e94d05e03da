#include "net/tls_verify.hpp"

namespace muster::net {

namespace {

result<crypto::certificate> read(const X509& certificate) {
  return crypto::certificate::from_der(crypto::to_der(&certificate, i2d_X509));
}

peer_role role_of(crypto::purpose p) noexcept {
  switch (p) {
  case crypto::purpose::service_tls: return peer_role::service;
  case crypto::purpose::node: return peer_role::node;
  case crypto::purpose::hub: return peer_role::hub;
  case crypto::purpose::verifier: return peer_role::verifier;
  case crypto::purpose::ak: break; // signs evidence, never speaks TLS
  }
  return peer_role::stranger;
}

/// All certificates that a peer sent after its leaf.
result<std::vector<crypto::certificate>> read_all(const STACK_OF(X509) * sent, const X509& leaf) {
  std::vector<crypto::certificate> out;
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    const auto* one = sk_X509_value(sent, i);
    if (one == &leaf) continue; // OpenSSL lists the leaf as well
    if (out.size() == crypto::max_intermediates) return fault{errc::limit, "tls: too many certificates"};
    auto certificate = read(*one);
    if (!certificate) return certificate.fault();
    out.push_back(std::move(*certificate));
  }
  return out;
}

} // namespace

status judge_client(X509& leaf, const std::vector<peer_role>& roles, const tls_trust& trust,
                    handshake_notes& notes) {
  const auto shown = read(leaf);
  if (!shown) return shown.fault();
  const auto claimed = crypto::claimed_purpose(*shown);
  if (!claimed) return fault{errc::denied, "tls: the client's certificate names no role"};
  const auto role = role_of(*claimed);
  if (role == peer_role::stranger || std::ranges::find(roles, role) == roles.end())
    return fault{errc::denied, "tls: the client's role may not speak this protocol"};
  // Trusted because the configuration lists the roots and the issuers under them that sign for that role.
  auto chain = crypto::verify_chain(*shown, trust.issuers, trust.anchors, *claimed, trust.clock->wall());
  if (!chain) return chain.fault();
  notes.role = role;
  notes.chain = std::move(*chain);
  return {};
}

status judge_service(X509& leaf, STACK_OF(X509) * sent, const tls_trust& trust, const std::string& name,
                     handshake_notes& notes) {
  const auto shown = read(leaf);
  if (!shown) return shown.fault();
  const auto between = read_all(sent, leaf);
  if (!between) return between.fault();
  // Trusted because the agent's configuration holds this name and these anchors. Once the agent has a trust
  // list, the list holds the anchors and this issuer, and an anchor of the list before signed it.
  auto chain = crypto::verify_chain(*shown, *between, trust.anchors, crypto::purpose::service_tls,
                                    trust.clock->wall());
  if (!chain) return chain.fault();
  if (trust.service_issuers)
    if (auto listed = crypto::verify_service_issuer(*chain, *trust.service_issuers); !listed) return listed;
  if (auto named = crypto::verify_service_name(*chain, name); !named) return named;
  notes.role = peer_role::service;
  notes.chain = std::move(*chain);
  return {};
}

} // namespace muster::net
