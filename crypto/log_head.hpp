// Signed heads of the service's log (docs/protocol.md 8): what agents and sinks keep, so that the service
// cannot lose or change a record without their noticing.
//
// One head as bytes, on the wire and on every disk; integers big-endian:
//   u8        1, the layout
//   u64       size: leaves of the log
//   u8[32]    root over them (merkle.hpp)
//   u64       Unix milliseconds of the signing
//   u16       length of the signature, 1 to 256
//   ...       ECDSA P-256 with SHA-256, X9.62 DER, over "muster/head/1\0" || u64 size || root || u64
//             milliseconds
// Several heads stand one behind the other.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/ids.hpp"

#include <string>
#include <vector>

namespace muster::crypto {

/// What a head says. Two heads of one log with one size have one root.
struct log_head {
  std::uint64_t size = 0;
  bytes32 root{};
  wall_time time; ///< for people

  friend bool operator==(const log_head&, const log_head&) = default;
};

struct signed_log_head {
  log_head head;
  bytes signature;

  friend bool operator==(const signed_log_head&, const signed_log_head&) = default;
};

/// Heads that are looked at in one message.
inline constexpr std::size_t max_log_heads = 4;
/// Bytes of the longest head.
inline constexpr std::size_t max_log_head = 1 + 8 + 32 + 8 + 2 + 256;

/// fault unsupported: the key cannot sign.
result<signed_log_head> sign_log_head(const log_head& head, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_log_head(const signed_log_head& head, const public_key& key);

/// A person lets a head that the log contradicts count no more. Whoever can write the records but has no key
/// cannot.
struct log_acknowledgement {
  std::uint64_t size = 0; ///< of that head
  bytes32 root{};
  wall_time when;
  std::string who;
};

/// ECDSA P-256 with SHA-256 over "muster/acknowledge/1\0" || u64 size || root || u64 Unix milliseconds ||
/// who. fault unsupported: the key cannot sign.
result<bytes> sign_acknowledgement(const log_acknowledgement& what, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_acknowledgement(const log_acknowledgement& what, byte_view signature, const public_key& key);

bytes encode(const signed_log_head& head);
/// At most `max_log_heads`, and nothing behind the last. Nothing is verified. Errors: `malformed`, `limit`.
result<std::vector<signed_log_head>> parse_log_heads(byte_view input);

} // namespace muster::crypto
