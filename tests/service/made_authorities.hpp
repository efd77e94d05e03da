// The keys of a service that has no folder for them.
#pragma once

#include "service/privacy_ca/authorities.hpp"

namespace muster::service {

/// Everything that a service shows and signs with, made in memory and valid for `when`.
inline authorities made_authorities(const crypto::validity& when) {
  auto root = crypto::authority::make_root("root", when).value();
  auto nodes = root.make_issuer(crypto::purpose::node, "nodes", when).value();
  auto aks = root.make_issuer(crypto::purpose::ak, "aks", when).value();
  auto services = root.make_issuer(crypto::purpose::service_tls, "services", when).value();
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::vector<std::string> names{"ras"};
  auto own = services.issue_service(names, key.pub(), when).value();
  return {root.cert(),
          std::move(nodes),
          std::move(aks),
          std::move(services),
          std::move(own),
          std::move(key),
          crypto::private_key::make_ec(crypto::curve::p256),
          {},
          {0, {root.cert()}, {}, {}},
          false,
          {}};
}

} // namespace muster::service
