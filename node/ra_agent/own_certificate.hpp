// The certificate that the agent shows, and how long it will do. Pure.
#pragma once

#include "actors/node/keeper.hpp"
#include "crypto/certificate.hpp"

#include <optional>

namespace muster::node {

struct own_certificate {
  /// Shown alone: the service holds its issuers by configuration, and would keep for each connection what
  /// came along.
  crypto::certificate leaf;
  node_id node; ///< as the service certified it
};

/// What the service issued. fault mismatch: for another key than `key`; denied: it is no node's certificate;
/// malformed. The service is believed: it is the one that will check it.
result<own_certificate> read_own(const issued_identity& issued, const crypto::public_key& key);

/// Two thirds of the certificate's life are over.
bool renewal_due(const own_certificate& own, wall_time now) noexcept;

/// What an agent without certificate shows: the service reads nothing of it but the key.
result<crypto::certificate> make_stranger(const crypto::private_key& key, wall_time now);

} // namespace muster::node
