// Trust lists (docs/protocol.md 1): whom agents accept as the service, signed by a root that may be offline.
//
// One list as bytes, on the wire and on every disk; integers big-endian:
//   u8        1, the layout
//   u64       number, from 1
//   u8        anchors, 1 to 4; each: u16 length, 1 to 2,048; DER of its certificate. Ordered by their bytes,
//             no duplicates
//   u8        issuers of service TLS, 1 to 16; each: SHA-256 of its SubjectPublicKeyInfo. Ascending, no
//             duplicates
//   u64       not after, Unix milliseconds
//   u16       length of the signature, 1 to 256
//   ...       ECDSA with SHA-256, X9.62 DER, over "muster/trust/1\0" and everything above from the number to
//             the milliseconds
// No trailing bytes. A list has one encoding.
#pragma once

#include "crypto/certificate.hpp"

#include <span>
#include <vector>

namespace muster::crypto {

inline constexpr std::size_t max_trust_anchors = 4;
inline constexpr std::size_t max_trust_anchor_size = 2048;
inline constexpr std::size_t max_trust_issuers = 16;
/// Longest signed list, in bytes.
inline constexpr std::size_t max_trust_list =
    1 + 8 + 1 + max_trust_anchors * (2 + max_trust_anchor_size) + 1 + max_trust_issuers * 32 + 8 + 2 + 256;

/// Whom a machine accepts as the service. Number 0 means that there is no list: the anchors come from the
/// configuration, and every issuer under them counts. A list from number 1 on also names its issuers, and
/// nothing else counts.
struct trust_list {
  std::uint64_t number = 0;
  std::vector<certificate> anchors;
  std::vector<bytes32> issuers; ///< SHA-256 of SPKI
  wall_time not_after;          ///< of number 0: 0

  friend bool operator==(const trust_list&, const trust_list&) = default;
};

struct signed_trust_list {
  trust_list list;
  bytes signature;

  friend bool operator==(const signed_trust_list&, const signed_trust_list&) = default;
};

/// SHA-256 of the certificate's SPKI: how a list names an issuer.
bytes32 issuer_name_of(const certificate& issuer);

/// Whether this key may sign lists: P-256 or P-384. The key decides the scheme, never the list.
bool signs_trust_lists(const public_key& key) noexcept;

/// A list from number 1 on, with its members sorted. fault malformed: no anchor or no issuer, a duplicate, or
/// number 0; limit: too many, or too long; denied: an anchor that is not a CA, or whose key may not sign
/// lists.
result<trust_list> make_trust_list(std::uint64_t number, std::vector<certificate> anchors,
                                   std::vector<bytes32> issuers, wall_time not_after);

/// fault denied: a key that may not sign lists.
result<signed_trust_list> sign_trust_list(const trust_list& list, const private_key& key);

bytes encode(const signed_trust_list& list);
/// The part that is signed, without its label: what a request proposes (`rotation_request`).
bytes encode(const trust_list& list);
/// Reads what `encode(trust_list)` makes. Faults as `make_trust_list`.
result<trust_list> parse_trust_list(byte_view input);
/// Nothing is verified. fault malformed, limit, denied.
result<signed_trust_list> parse_signed_trust_list(byte_view input);

/// Whether this list accepts `chain` (leaf first, anchor last), which was believed under another list: its
/// anchor and the leaf's issuer are in this one.
bool takes(const trust_list& list, std::span<const certificate> chain);

/// The list that follows `before` and replaces it entirely. Its number is higher, perhaps by more than one: a
/// machine that was away takes any later list that an anchor it believes has signed. The signature is by an
/// anchor of `before`, so the keys of issuers, or of a root no longer in force, cannot give machines a list.
/// No clock is consulted: an expired list still leads to its successor, and a machine's clock may be wrong.
/// fault malformed, limit, denied: it is not a list; conflict: its number is not higher; mismatch: no anchor
/// of `before` signed it.
result<signed_trust_list> verify_next_trust_list(const trust_list& before, byte_view input);

} // namespace muster::crypto
