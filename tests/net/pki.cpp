#include "tests/net/pki.hpp"

#include <doctest/doctest.h>

namespace muster::net::test {

namespace {

pki make_pki(const std::string& name) {
  using crypto::authority;
  using crypto::purpose;
  auto root = authority::make_root(name, this_week).value();
  return {root, root.make_issuer(purpose::service_tls, name + " service", this_week).value(),
          root.make_issuer(purpose::node, name + " node", this_week).value(),
          root.make_issuer(purpose::hub, name + " hub", this_week).value(),
          root.make_issuer(purpose::verifier, name + " verifier", this_week).value()};
}

} // namespace

const pki& pki::ours() {
  static const pki made = make_pki("ours");
  return made;
}

const pki& pki::somebody_elses() {
  static const pki made = make_pki("theirs");
  return made;
}

tls_credentials pki::service_end(std::string name) const {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::vector<std::string> names{std::move(name)};
  return {service.issue_service(names, key.pub(), this_week).value(), {service.cert()}, key};
}

tls_credentials pki::node_end(std::uint8_t id) const {
  node_id node_name;
  node_name.raw.fill(id);
  return client_end(crypto::purpose::node, to_string(node_name));
}

tls_credentials pki::client_end(crypto::purpose role, std::string_view id) const {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto& issuer = role == crypto::purpose::node ? node : role == crypto::purpose::hub ? hub : verifier;
  return {issuer.issue(role, id, key.pub(), this_week).value(), {}, key};
}

tls_credentials pki::signed_as(crypto::certificate_template what, const crypto::authority& issuer) {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  return {crypto::sign_certificate(what, key.pub(), &issuer.cert(), issuer.key()).value(), {}, key};
}

tls_credentials pki::stranger() {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  crypto::certificate_template what;
  what.common_name = "muster:hub:everything"; // never read
  what.not_before = {noon.milliseconds - 2 * day};
  what.not_after = {noon.milliseconds - day}; // nor is this
  return {crypto::sign_certificate(what, key.pub(), nullptr, key).value(), {}, key};
}

tls_trust pki::server_trust(wall_time at) const {
  return {{root.cert()}, {node.cert(), hub.cert(), verifier.cert()}, std::make_shared<fixed_clock>(at)};
}

tls_trust pki::client_trust(wall_time at) const {
  return {{root.cert()}, {}, std::make_shared<fixed_clock>(at)};
}

server_tls pki::server() const {
  return server_tls::make(
             service_end(), server_trust(),
             {{tls_protocol::enrol, {}}, {tls_protocol::agent, {peer_role::node, peer_role::verifier}}})
      .value();
}

client_tls pki::client(const tls_credentials& own, tls_protocol protocol) const {
  return client_tls::make(own, client_trust(), protocol, service_name).value();
}

crypto::certificate_template node_template() {
  crypto::certificate_template what;
  what.common_name = "node";
  what.not_before = this_week.from;
  what.not_after = this_week.until;
  what.extended_key_usages = {std::string{crypto::oid::client_auth}};
  what.uris = {"muster:node:" + std::string(64, 'a')};
  return what;
}

} // namespace muster::net::test
