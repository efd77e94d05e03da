// The certificate by which a TPM's vendor vouches for its endorsement key.
//
// TCG EK Credential Profile for TPM Family 2.0. Where chips differ from the profile, we decide as follows:
//   - The leaf must name tcg-kp-EKCertificate: the profile for TPM 2.0 requires it, and only this usage tells
//     an EK certificate from the vendor CA's other certificates. Certificates without it (of TPM 1.2) are
//     refused. Other usages next to it are allowed.
//   - The alternative name carries the chip's manufacturer, model and version; it is critical when the
//     subject is empty (RFC 5280, 4.2.1.6).
//   - CAs must be valid at the time when the EK certificate was made. Vendors let intermediates expire while
//     the chips that they signed are still in use.
#pragma once

#include "crypto/ek_denials.hpp"
#include "crypto/tpm_manufacturers.hpp"
#include "crypto/vendor_store.hpp"

#include <variant>

namespace muster::crypto {

/// What the operator demands.
struct ek_policy {
  /// An empty list accepts no chip.
  std::vector<tpm_manufacturer_id> manufacturers{known_tpm_manufacturers().begin(),
                                                 known_tpm_manufacturers().end()};
  ek_denials denied;
};

/// An EK certificate that `verify_ek_certificate` believed.
class verified_ek_certificate {
public:
  const certificate& leaf() const noexcept { return certificates_.front(); }
  /// Leaf first, vendor root last.
  std::span<const certificate> certificates() const noexcept { return certificates_; }
  const public_key& key() const noexcept { return leaf().key(); }
  tpm_manufacturer_id manufacturer() const noexcept { return manufacturer_; }
  /// Safe to print.
  const std::string& model() const noexcept { return model_; }
  /// As in the certificate, for example "id:0751"; safe to print. The chip may run other firmware by now.
  const std::string& version() const noexcept { return version_; }

private:
  friend std::variant<verified_ek_certificate, struct ek_refusal>
  judge_ek_certificate(const certificate&, std::span<const certificate>, const vendor_store&,
                       const ek_policy&, wall_time);
  verified_ek_certificate(std::vector<certificate> certificates, tpm_manufacturer_id manufacturer,
                          std::string model, std::string version)
      : certificates_{std::move(certificates)},
        manufacturer_{manufacturer}, model_{std::move(model)}, version_{std::move(version)} {}
  std::vector<certificate> certificates_;
  tpm_manufacturer_id manufacturer_;
  std::string model_;
  std::string version_;
};

/// What is wrong with a certificate that does not verify. Each has a remedy of its own.
enum class ek_refusal_reason : std::uint8_t {
  time,         ///< it has ended, or is not valid yet
  names,        ///< its alternative name is not that of an EK certificate
  manufacturer, ///< its manufacturer is not on the list of the policy
  no_root,     ///< nothing in the store or sent along is the issuer of `subject`, or what is there is no root
  issuer_time, ///< the CA `subject` was not valid when the certificate was made
  constraint,  ///< the CA `subject` does not allow it: name constraints, path length, key usage
  usage,       ///< it is not for an EK, or is a CA's
  weak,        ///< a weak key or hash on the path
  denied,      ///< by `policy` or a revocation list
  path         ///< anything else about its path
};

struct ek_refusal {
  ek_refusal_reason why = ek_refusal_reason::path;
  fault said;
  std::string
      subject; ///< of the certificate on the path at which it ended; safe to print, often empty for a leaf
  std::string issuer;                              ///< of that certificate
  std::optional<tpm_manufacturer_id> manufacturer; ///< that the leaf names, true or not
};

/// docs/checks.md 1, in this order:
///   1. `leaf` is valid at `at`
///   2. its alternative name has exactly one each of 2.23.133.2.1, .2 and .3, and is critical if the subject
///      is empty; the manufacturer is on the list of `policy`
///   3. a path of signatures leads over `sent_along` and the store's intermediates to a root of the store;
///      the leaf is not a CA and names the usage 2.23.133.8.1; every CA was valid when the leaf was made, is
///      marked as CA, and is not restricted to other usages; no certificate has an unknown critical
///      extension. SHA-1 signatures are accepted only on certificates of the store, which the operator
///      pinned, and never on the leaf or on what was sent along
///   4. no key on the path is weak (RSA < 2048 bits, ROCA)
///   5. no certificate on the path, including those sent along, is denied by `policy` or revoked by a list of
///      the store; neither is the firmware that the leaf names
/// fault untrusted, expired, denied or malformed; limit: over 8 certificates sent along. The caller still has
/// to check that `key()` equals the EK for which the credential is made; only then does the certificate say
/// anything about the machine.
result<verified_ek_certificate> verify_ek_certificate(const certificate& leaf,
                                                      std::span<const certificate> sent_along,
                                                      const vendor_store& store, const ek_policy& policy,
                                                      wall_time at);
/// The same, with the reason as a value.
std::variant<verified_ek_certificate, ek_refusal>
judge_ek_certificate(const certificate& leaf, std::span<const certificate> sent_along,
                     const vendor_store& store, const ek_policy& policy, wall_time at);

/// Why the certificates ever shown for an EK deny it: `own` are for its key, `others` came with them. Neither
/// their validity nor the time matters: an EK once denied stays denied until the lists change. Empty: not
/// denied.
std::optional<std::string> denial_of_ek_certificates(std::span<const certificate> own,
                                                     std::span<const certificate> others,
                                                     const vendor_store& store, const ek_policy& policy);
/// The same for the firmware that the certificates name. Call it only if none of them verifies: the EK's
/// firmware is what a certificate that verifies names, or newer, whatever an older certificate says.
std::optional<std::string> denial_of_certified_firmware(std::span<const certificate> own,
                                                        const ek_policy& policy);

/// The manufacturer named by an EK certificate; nothing is verified. fault denied, malformed.
result<tpm_manufacturer_id> manufacturer_of(const certificate& ek);

} // namespace muster::crypto
