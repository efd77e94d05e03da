// Trust lists (docs/protocol.md 1): whom agents take for the service, signed by a root that may be offline.
//
// One list as bytes, on the wire and on every disk; integers big-endian:
//   u8        1, the layout
//   u64       number, from 1
//   u8        anchors, 1 to 4; each: u16 length, 1 to 2,048; DER of its certificate. In the order of their
//             bytes, none twice
//   u8        issuers of service TLS, 1 to 16; each: SHA-256 of its SubjectPublicKeyInfo. Ascending, none
//             twice
//   u64       not after, Unix milliseconds
//   u16       length of the signature, 1 to 256
//   ...       ECDSA with SHA-256, X9.62 DER, over "muster/trust/1\0" and all of the above from the number to
//             the milliseconds
// Nothing behind it. A list has one encoding.
#pragma once

#include "crypto/certificate.hpp"

#include <span>
#include <vector>

namespace muster::crypto {

inline constexpr std::size_t max_trust_anchors = 4;
inline constexpr std::size_t max_trust_anchor_size = 2048;
inline constexpr std::size_t max_trust_issuers = 16;
/// Bytes of the longest signed list.
inline constexpr std::size_t max_trust_list =
    1 + 8 + 1 + max_trust_anchors * (2 + max_trust_anchor_size) + 1 + max_trust_issuers * 32 + 8 + 2 + 256;

/// Whom a machine believes to be the service. Number 0 is no list: the anchors are those of a configuration,
/// and every issuer under them counts. A list from 1 on has issuers, and counts alone.
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

/// Whether this key may sign lists: P-256 or P-384. The scheme is by the key and never by the list.
bool signs_trust_lists(const public_key& key) noexcept;

/// A list from 1 on, its members put in order. fault malformed: none of a kind, one twice, or number 0;
/// limit: too many, or too long; denied: an anchor that is no CA, or whose key may not sign lists.
result<trust_list> make_trust_list(std::uint64_t number, std::vector<certificate> anchors,
                                   std::vector<bytes32> issuers, wall_time not_after);

/// fault denied: a key that may not sign lists.
result<signed_trust_list> sign_trust_list(const trust_list& list, const private_key& key);

bytes encode(const signed_trust_list& list);
/// The part that is signed, without its label: what a request proposes (`rotation_request`).
bytes encode(const trust_list& list);
/// What `encode(trust_list)` makes. Faults as `make_trust_list`.
result<trust_list> parse_trust_list(byte_view input);
/// Nothing is verified. fault malformed, limit, denied.
result<signed_trust_list> parse_signed_trust_list(byte_view input);

/// Whether `chain`, which was believed under another list (leaf first, anchor last), is one that this list
/// takes: its anchor and the leaf's issuer are in it.
bool takes(const trust_list& list, std::span<const certificate> chain);

/// The list that follows `before`, and replaces all of it. Its number is higher, by more than one too: who
/// was away takes what an anchor that it believes has signed. The signature is by an anchor of `before`: who
/// has only the keys of issuers, or a root that is not in force any more, gives machines no list. No clock is
/// asked: a list that is over is a link to the one that is not, and a machine's clock may be wrong.
/// fault malformed, limit, denied: it is no list; conflict: its number is not higher; mismatch: no anchor of
/// `before` signed it.
result<signed_trust_list> verify_next_trust_list(const trust_list& before, byte_view input);

} // namespace muster::crypto
