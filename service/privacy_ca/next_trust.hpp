// Decides whether a signed trust list may come into force. Pure but for the key of a probe.
#pragma once

#include "crypto/trust_rotation.hpp"

#include <optional>
#include <string_view>

namespace muster::service {

struct next_trust {
  crypto::signed_trust_list list;
  bytes encoded;
  crypto::authority services; ///< issues this service's certificate from then on
  bool brings_issuer = false; ///< `services` is a new issuer
};

/// `text` is the output of `ras ca sign`, `present` the present issuer of service TLS, `next` the key for
/// which this service requested an issuer, if it did. A list that would lock the service out is refused:
/// agents with this list have to accept a server under `services` now. fault malformed, limit, denied: not a
/// list; conflict: its number is not higher; mismatch: no anchor in force signed it, or its issuer is not the
/// requested one; expired: it has ended; untrusted: it would lock the service out, with the reason.
result<next_trust> verify_rotation(std::string_view text, const crypto::trust_list& in_force,
                                   const crypto::authority& present,
                                   const std::optional<crypto::private_key>& next, wall_time now);

} // namespace muster::service
