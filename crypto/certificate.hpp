// An X.509 certificate as an immutable value, read once.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct x509_st; // X509; headers see only this declaration

namespace muster::crypto {

/// Longest certificate, in bytes. An EK certificate is about 1 KB.
inline constexpr std::size_t max_certificate_size = 16UL * 1024;
/// Most entries in each list of a certificate (names, usages, extensions).
inline constexpr std::size_t max_certificate_entries = 64;

/// An attribute of a directoryName: `oid` in dotted form; `value` as UTF-8, not yet safe to print.
struct directory_attribute {
  std::string oid;
  std::string value;
  friend bool operator==(const directory_attribute&, const directory_attribute&) = default;
};

enum class criticality : std::uint8_t { absent, not_critical, critical };

/// What a certificate says. None of it is trusted until `verify_chain` or `verify_ek_certificate` succeeds.
struct certificate_fields {
  std::string subject; ///< RFC 2253 order, safe to print; empty for an empty name
  std::string issuer;  ///< as `subject`
  bytes serial;        ///< magnitude, big-endian, without leading zeros
  wall_time not_before;
  wall_time not_after; ///< 99991231235959Z ("no expiry", RFC 5280, 4.1.2.5) is the year 9999
  bytes spki;          ///< SubjectPublicKeyInfo as written in the certificate
  bool is_ca = false;  ///< BasicConstraints says cA TRUE
  std::vector<std::string> extended_key_usages; ///< dotted
  criticality alternative_name = criticality::absent;
  std::vector<std::string> uris;                    ///< URI names of the subject's alternative name
  std::vector<std::string> dns_names;               ///< its DNS names
  std::vector<directory_attribute> directory_names; ///< attributes of all its directoryNames
  bytes subject_key_id;                             ///< empty if there is none
  bytes authority_key_id;                           ///< empty if there is none
};

/// A certificate that was parsed and whose key is of a supported kind. Cheap to copy.
class certificate {
public:
  /// DER with no trailing bytes. fault malformed; unsupported for a key that is neither RSA nor P-256, P-384,
  /// P-521; limit. Everything around the signed part (lengths, algorithm, signature) must be DER; otherwise
  /// anyone could write one certificate in many ways. The signed part is written by the issuer alone, and
  /// real EK certificates have encodings there that are not DER: what OpenSSL tolerates is accepted.
  static result<certificate> from_der(byte_view der);
  /// As `from_der`, for the content of a TPM's NV index or a file copied from one: padding after the
  /// certificate, all zeros or all 0xff, is dropped.
  static result<certificate> from_padded_der(byte_view padded);
  /// One PEM block "CERTIFICATE" and nothing else.
  static result<certificate> from_pem(std::string_view pem);
  /// All certificates of a file: one in DER, or one or more PEM blocks "CERTIFICATE". Text between the blocks
  /// is skipped; a block with another label is a fault.
  static result<std::vector<certificate>> from_file(byte_view content);

  const bytes& der() const noexcept;
  std::string pem() const;
  const certificate_fields& fields() const noexcept;
  const public_key& key() const noexcept;

  /// Whether the extended key usages include `usage`, in dotted form. A certificate without that extension
  /// allows nothing.
  bool allows(std::string_view usage) const noexcept;
  bool valid_at(wall_time at) const noexcept;
  /// Subject equals issuer, and its own key verifies the signature.
  bool is_self_signed() const;

  x509_st* native() const noexcept;

  friend bool operator==(const certificate& a, const certificate& b) noexcept {
    return same(a.der(), b.der());
  }

private:
  struct parsed;
  explicit certificate(std::shared_ptr<const parsed> what) noexcept : parsed_{std::move(what)} {}
  static result<certificate> from_x509(x509_st* owned, byte_view der);
  std::shared_ptr<const parsed> parsed_;
};

namespace oid {
inline constexpr std::string_view server_auth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view client_auth = "1.3.6.1.5.5.7.3.2";
inline constexpr std::string_view code_signing = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view any_extended_key_usage = "2.5.29.37.0";
inline constexpr std::string_view tcg_ek_certificate = "2.23.133.8.1";
inline constexpr std::string_view tcg_ak_certificate = "2.23.133.8.3";
inline constexpr std::string_view tpm_manufacturer = "2.23.133.2.1";
inline constexpr std::string_view tpm_model = "2.23.133.2.2";
inline constexpr std::string_view tpm_version = "2.23.133.2.3";
} // namespace oid

} // namespace muster::crypto
