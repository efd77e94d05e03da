// The certificate that the agent shows, and how long it will do. Pure.
#pragma once

#include "actors/node/keeper.hpp"
#include "crypto/certificate.hpp"

#include <algorithm>
#include <optional>

namespace muster::node {

struct own_certificate {
  /// Shown alone: the service holds its issuers by configuration, and would keep for each connection what
  /// came along.
  crypto::certificate leaf;
  node_id node; ///< as the service certified it
  /// When it came, if it came to this process.
  std::optional<boot_time> received{};
};

/// What the service's clock said, and when.
struct told_clock {
  wall_time said;
  boot_time heard;

  wall_time at(boot_time now) const noexcept {
    return {said.milliseconds + (now.milliseconds - std::min(now.milliseconds, heard.milliseconds))};
  }
};

/// What the service issued. fault mismatch: for another key than `key`; denied: it is no node's certificate;
/// malformed. The service is believed: it is the one that will check it.
result<own_certificate> read_own(const issued_identity& issued, const crypto::public_key& key);

/// Two thirds of the certificate's life are over: since it was received, or by the clock of the service that
/// issued it. The wall clock of this machine is not asked: batteries fail, and time servers answer late.
bool renewal_due(const own_certificate& own, boot_time now,
                 const std::optional<told_clock>& service) noexcept;

/// What an agent without certificate shows: the service reads nothing of it but the key.
result<crypto::certificate> make_stranger(const crypto::private_key& key, wall_time now);

} // namespace muster::node
