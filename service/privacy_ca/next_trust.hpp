// Whether a trust list that came back signed may be put into force. Pure, but for the key of a probe.
#pragma once

#include "crypto/trust_rotation.hpp"

#include <optional>
#include <string_view>

namespace muster::service {

struct next_trust {
  crypto::signed_trust_list list;
  bytes encoded;
  crypto::authority services; ///< under which this service shows itself from then on
  bool brings_issuer = false; ///< `services` is another one than before
};

/// `text` is what `ras ca sign` wrote; `present` the issuer of service TLS so far, `next` the key that this
/// service asked for, if it did. Nothing is put into force that would lock the service out: an agent that has
/// this list takes a server under `services` now. fault malformed, limit, denied: no list; conflict: its
/// number is not higher; mismatch: no anchor in force signed it, or the issuer is not the one that was asked
/// for; expired: it is over; untrusted: it would lock the service out, and why.
result<next_trust> verify_rotation(std::string_view text, const crypto::trust_list& in_force,
                                   const crypto::authority& present,
                                   const std::optional<crypto::private_key>& next, wall_time now);

} // namespace muster::service
