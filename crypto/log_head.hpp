// Signed heads of the service's log (docs/protocol.md 8). Agents and sinks keep them, and so notice when the
// service loses or changes a record.
//
// One head as bytes, on the wire and on every disk; integers big-endian:
//   u8        2, the layout
//   u8[16]    the log, by the number drawn when it began
//   u16       0; if the service has several logs, the number of one of them
//   u64       incarnation of the service that signed the head
//   u64       size: leaves of the log
//   u8[32]    root over them (merkle.hpp)
//   u64       time of signing, Unix milliseconds
//   u16       length of the signature, 1 to 256
//   ...       ECDSA P-256 with SHA-256, X9.62 DER, over "muster/head/2\0" and all of the
//             above from the log to the milliseconds
// Several heads follow each other without a separator.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/incarnation.hpp"

#include <string>
#include <vector>

namespace muster::crypto {

/// The log that a head belongs to.
struct log_name {
  std::array<std::uint8_t, 16> id{};
  std::uint16_t part = 0;

  friend bool operator==(const log_name&, const log_name&) = default;
};

/// The 32 hex digits of the id, followed by ".N" if there are several logs.
std::string to_string(const log_name& name);

/// What a head says. All heads of one log with the same size have the same root.
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

/// Most heads in one message.
inline constexpr std::size_t max_log_heads = 4;
/// Longest encoded head, in bytes.
inline constexpr std::size_t max_log_head = 1 + 16 + 2 + 8 + 8 + 32 + 8 + 2 + 256;

/// fault unsupported: the key cannot sign.
result<signed_log_head> sign_log_head(const log_head& head, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_log_head(const signed_log_head& head, const public_key& key);

/// The loss that heads show when the log contradicts them (crypto/log_incarnations.hpp).
struct log_loss {
  /// Records that earlier incarnations signed were lost when this one began. 0: no records were lost, but
  /// some of an incarnation in the log were changed.
  incarnation before;

  friend auto operator<=>(const log_loss&, const log_loss&) = default;
};

/// A person's statement that the heads of a loss no longer count. Write access to the records is not enough
/// to make one; it takes the key.
struct log_acknowledgement {
  log_loss loss;
  std::uint64_t size = 0; ///< of the log at that time; a log that is to count as whole must begin with it
  bytes32 root{};
  wall_time when;
  std::string who;
};

/// ECDSA P-256 with SHA-256 over "muster/acknowledge/2\0" || u64 incarnation before which records were lost
/// || u64 size || root || u64 Unix milliseconds || who. fault unsupported: the key cannot sign.
result<bytes> sign_acknowledgement(const log_acknowledgement& what, const private_key& key);
/// fault mismatch: this key did not sign it.
status verify_acknowledgement(const log_acknowledgement& what, byte_view signature, const public_key& key);

bytes encode(const signed_log_head& head);
/// At most `max_log_heads`, with no trailing bytes. Nothing is verified. A head of another layout is refused.
/// Errors: `malformed`, `limit`.
result<std::vector<signed_log_head>> parse_log_heads(byte_view input);

} // namespace muster::crypto
