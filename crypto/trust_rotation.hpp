// From one trust list to the next, between a service and a root held elsewhere (docs/protocol.md 1): what the
// service asks the root to sign, and what comes back. Both are text and can travel any way.
//
// A request, one PEM block "MUSTER TRUST REQUEST"; integers big-endian:
//   u8        1, the layout
//   u16       length; the proposed list, from its number to its milliseconds (0: the root decides until when
//             it is valid)
//   u16       length, 1 to 64; name of the service, printable ASCII: the new issuer's name begins with it
//   u16       length, 0 to 256; SubjectPublicKeyInfo of the new issuer of service TLS; empty: there is none
//   u16       length, 0 to 256; ECDSA with SHA-256 by that issuer's key, over "muster/trust-request/1\0" and
//             everything above from the list to the key; empty if there is no issuer
// What comes back: one PEM block "MUSTER TRUST LIST" (trust_list.hpp), followed by one "CERTIFICATE" of the
// new issuer, if there is one.
#pragma once

#include "crypto/authority.hpp"
#include "crypto/trust_list.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace muster::crypto {

struct rotation_request {
  trust_list proposed; ///< `not_after` is 0
  std::string service; ///< its name
  std::optional<public_key> issuer;
};

/// The text of a request. `issuer` is the private key of `what.issuer`: it proves that the service has it.
result<std::string> make_rotation_request(const rotation_request& what, const private_key* issuer);
/// fault malformed, limit, denied: not a request; mismatch: the request is not signed by the issuer's key.
result<rotation_request> read_rotation_request(std::string_view text);

/// Signs the list and the issuer's certificate, valid for `life`, with a root's key. The issuer's private key
/// stays where it is. fault mismatch: `root` is not the key of an anchor of the list.
result<std::string> sign_rotation(const rotation_request& what, const private_key& root, wall_time now,
                                  std::chrono::hours life);

/// What came back; nothing is verified.
struct signed_rotation {
  bytes list; ///< as `parse_signed_trust_list` reads it
  std::optional<certificate> issuer;
};
result<signed_rotation> read_signed_rotation(std::string_view text);

} // namespace muster::crypto
