// The content of a certificate before it is signed: the one place that makes X.509.
#pragma once

#include "crypto/certificate.hpp"

#include <optional>

namespace muster::crypto {

/// "No well-defined expiration date": 99991231235959Z (RFC 5280, 4.1.2.5).
inline constexpr wall_time no_expiry{253'402'300'799'000};

struct other_extension {
  std::string oid;
  criticality how = criticality::not_critical;
  bytes der;
};

/// The bits of KeyUsage (RFC 5280, 4.2.1.3) that we use, in the syntax of OpenSSL's configuration.
namespace key_usage {
inline constexpr std::string_view ca = "critical,keyCertSign,cRLSign";
inline constexpr std::string_view signature = "critical,digitalSignature";
inline constexpr std::string_view encipherment = "critical,keyEncipherment";
inline constexpr std::string_view agreement = "critical,keyAgreement";
} // namespace key_usage

struct certificate_template {
  std::string common_name; ///< at most 64 bytes; empty: an empty subject
  wall_time not_before;
  wall_time not_after;
  bool is_ca = false;
  std::optional<unsigned> path_length;               ///< of a CA
  std::string_view key_usage = key_usage::signature; ///< empty: no such extension
  std::vector<std::string> extended_key_usages;      ///< dotted
  std::vector<std::string> uris;
  std::vector<std::string> dns_names;
  std::vector<directory_attribute> directory_names; ///< one directoryName with these attributes
  criticality alternative_name = criticality::not_critical;
  std::vector<other_extension> others;
};

/// Signs with SHA-256 under a random serial of 20 bytes, and adds subject and authority key identifiers. The
/// caller decides what may be signed. `issuer` empty: self-signed. fault malformed: an OID or a name that
/// cannot be encoded.
result<certificate> sign_certificate(const certificate_template& what, const public_key& subject,
                                     const certificate* issuer, const private_key& issuer_key);

} // namespace muster::crypto
