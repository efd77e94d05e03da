// What an operator denies although a vendor signed it: single chips, leaked certificates and keys of a
// vendor, firmware with known flaws.
#pragma once

#include "crypto/revocation_list.hpp"

#include <optional>
#include <span>

namespace muster::crypto {

/// The manufacturer's identifier from the TCG Vendor ID Registry; "id:" and 8 hex digits in a certificate.
struct tpm_manufacturer_id {
  std::uint32_t value = 0;
  friend auto operator<=>(const tpm_manufacturer_id&, const tpm_manufacturer_id&) = default;
};
/// "id:494E5443"
std::string to_string(tpm_manufacturer_id id);

/// Four 16-bit numbers, as in TPMS_ATTEST.firmwareVersion (TPM_PT_FIRMWARE_VERSION_1, then _2).
struct tpm_firmware_version {
  std::uint64_t value = 0;
  friend auto operator<=>(const tpm_firmware_version&, const tpm_firmware_version&) = default;
};
/// "7.85.4555.0"
std::string to_string(tpm_firmware_version version);
/// One to four decimal numbers below 65,536, separated by '.'; missing numbers are 0.
std::optional<tpm_firmware_version> firmware_version_from(std::string_view text);
/// The version in an EK certificate ("id:0007003E"): major and minor, as 8 hex digits. Empty for anything
/// else that vendors write there, since it cannot be compared.
std::optional<tpm_firmware_version> certified_version_from(std::string_view text);

/// A manufacturer's firmware older than `below` has a flaw.
struct firmware_bound {
  tpm_manufacturer_id manufacturer;
  tpm_firmware_version below;
  friend bool operator==(const firmware_bound&, const firmware_bound&) = default;
};

struct ek_denials {
  std::vector<bytes32> eks; ///< node ids
  std::vector<bytes32>
      certificates;             ///< SHA-256 of a certificate or its twin (crypto/certificate_digests.hpp)
  std::vector<bytes32> issuers; ///< SHA-256 of the SubjectPublicKeyInfo of an EK or a CA
  std::vector<firmware_bound> firmware;
};

/// Each function returns the reason in words; empty: not denied.
std::optional<std::string> denial_of_ek(const ek_denials& denied, const bytes32& id);
/// For a path, leaf first and root last. Each certificate is checked against those of `lists` that its issuer
/// signed.
std::optional<std::string> denial_of_path(const ek_denials& denied, std::span<const revocation_list> lists,
                                          std::span<const certificate> path);
/// For certificates as they were shown, whether or not a path leads to a root and whatever their validity: a
/// denial depends neither on the other certificates shown nor on the time. A revocation list counts for
/// certificates issued by one of `issuers`.
std::optional<std::string> denial_of_shown(const ek_denials& denied, std::span<const revocation_list> lists,
                                           std::span<const certificate> shown,
                                           std::span<const certificate> issuers);
std::optional<std::string> denial_of_firmware(const ek_denials& denied, tpm_manufacturer_id manufacturer,
                                              tpm_firmware_version version);

} // namespace muster::crypto
