// The certificate that the agent shows, and how long it will last. Pure.
#pragma once

#include "actors/node/keeper.hpp"
#include "crypto/certificate.hpp"

#include <algorithm>
#include <optional>

namespace muster::node {

struct own_certificate {
  /// Shown without its issuers: the service has those by configuration, and would otherwise keep a copy for
  /// each connection.
  crypto::certificate leaf;
  node_id node; ///< as the service certified it
  /// When the certificate came, if this process received it.
  std::optional<boot_time> received{};
};

/// What the service's clock said, and when.
struct heard_clock {
  wall_time said;
  boot_time heard;

  wall_time at(boot_time now) const noexcept {
    return {said.milliseconds + (now.milliseconds - std::min(now.milliseconds, heard.milliseconds))};
  }
};

/// Reads what the service issued. fault mismatch: for another key than `key`; denied: not a node's
/// certificate; malformed. The signature is not verified here: the service that issued the certificate is the
/// one that will check it.
result<own_certificate> read_own(const issued_identity& issued, const crypto::public_key& key);

/// True once two thirds of the certificate's life are over, counted from its receipt or by the clock of the
/// service that issued it. This machine's wall clock is not used: batteries fail, and time servers answer
/// late.
bool renewal_due(const own_certificate& own, boot_time now,
                 const std::optional<heard_clock>& service) noexcept;

/// The certificate of an agent that has none from the service. The service reads only the key in it.
result<crypto::certificate> make_stranger(const crypto::private_key& key, wall_time now);

} // namespace muster::node
