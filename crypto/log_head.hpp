// Signed heads of the service's log (docs/protocol.md 8): what agents and sinks keep, so that the service
// cannot lose or change a record without their noticing.
//
// One head as bytes, on the wire and on every disk; integers big-endian:
//   u8        2, the layout
//   u8[16]    the log, by the number that was drawn when it began
//   u16       0; of a service with several logs the number of one of them
//   u64       incarnation of the service that signed
//   u64       size: leaves of the log
//   u8[32]    root over them (merkle.hpp)
//   u64       Unix milliseconds of the signing
//   u16       length of the signature, 1 to 256
//   ...       ECDSA P-256 with SHA-256, X9.62 DER, over "muster/head/2\0" and all of the
//             above from the log to the milliseconds
// Several heads stand one behind the other.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/incarnation.hpp"

#include <string>
#include <vector>

namespace muster::crypto {

/// Which log a head is of.
struct log_name {
  std::array<std::uint8_t, 16> id{};
  std::uint16_t part = 0;

  friend bool operator==(const log_name&, const log_name&) = default;
};

/// The 32 digits of the id, and ".N" if there are several.
std::string to_string(const log_name& name);

/// What a head says. Two heads of one log with one size have one root.
struct log_head {
  std::uint64_t size = 0;
  bytes32 root{};
  wall_time time; ///< for people
  log_name log{};
  muster::incarnation incarnation{}; ///< of the service that signed it

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
inline constexpr std::size_t max_log_head = 1 + 16 + 2 + 8 + 8 + 32 + 8 + 2 + 256;

/// fault unsupported: the key cannot sign.
result<signed_log_head> sign_log_head(const log_head& head, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_log_head(const signed_log_head& head, const public_key& key);

/// What heads that the log contradicts show (crypto/log_incarnations.hpp): which loss.
struct log_loss {
  /// What earlier incarnations signed was lost when this one began; 0: records were changed of an incarnation
  /// that the log has.
  incarnation before;

  friend auto operator<=>(const log_loss&, const log_loss&) = default;
};

/// A person lets the heads of a loss count no more. Whoever can write the records but has no key cannot.
struct log_acknowledgement {
  log_loss loss;
  std::uint64_t size = 0; ///< of the log that was there then: what is to count as whole has to begin with it
  bytes32 root{};
  wall_time when;
  std::string who;
};

/// ECDSA P-256 with SHA-256 over "muster/acknowledge/2\0" || u64 incarnation before which it was lost || u64
/// size || root || u64 Unix milliseconds || who. fault unsupported: the key cannot sign.
result<bytes> sign_acknowledgement(const log_acknowledgement& what, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_acknowledgement(const log_acknowledgement& what, byte_view signature, const public_key& key);

bytes encode(const signed_log_head& head);
/// At most `max_log_heads`, and nothing behind the last. Nothing is verified. A head of another layout is no
/// head. Errors: `malformed`, `limit`.
result<std::vector<signed_log_head>> parse_log_heads(byte_view input);

} // namespace muster::crypto
