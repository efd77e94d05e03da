// What an operator does not believe although a vendor signed it: single chips, leaked certificates and keys
// of a vendor, firmware with known flaws.
#pragma once

#include "crypto/revocation_list.hpp"

#include <optional>
#include <span>

namespace muster::crypto {

/// The manufacturer's identifier from the TCG Vendor ID Registry, "id:" and 8 hex digits in the certificate.
struct tpm_manufacturer_id {
  std::uint32_t value = 0;
  friend auto operator<=>(const tpm_manufacturer_id&, const tpm_manufacturer_id&) = default;
};
/// "id:494E5443"
std::string to_string(tpm_manufacturer_id id);

/// Four numbers of 16 bits, as TPMS_ATTEST.firmwareVersion has them (TPM_PT_FIRMWARE_VERSION_1, then _2).
struct tpm_firmware_version {
  std::uint64_t value = 0;
  friend auto operator<=>(const tpm_firmware_version&, const tpm_firmware_version&) = default;
};
/// "7.85.4555.0"
std::string to_string(tpm_firmware_version version);
/// One to four decimal numbers below 65,536 with '.' between them; the rest is 0.
std::optional<tpm_firmware_version> firmware_version_from(std::string_view text);
/// The version in an EK certificate ("id:0007003E"): major and minor, as 8 hex digits. Empty for what else
/// vendors write there: it says nothing that can be compared.
std::optional<tpm_firmware_version> certified_version_from(std::string_view text);

/// Firmware of a manufacturer that is older than this has a flaw.
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

/// Each gives the reason in words; empty: not denied.
std::optional<std::string> denial_of_ek(const ek_denials& denied, const bytes32& id);
/// Of a path leaf first, root last, and of `lists`, each certificate against those of its issuer.
std::optional<std::string> denial_of_path(const ek_denials& denied, std::span<const revocation_list> lists,
                                          std::span<const certificate> path);
/// Of certificates as they were shown, whether or not a path leads to a root and whatever their times: what
/// is denied does not depend on what else came, or on how long it is since. `lists` count for those that one
/// of `issuers` issued.
std::optional<std::string> denial_of_shown(const ek_denials& denied, std::span<const revocation_list> lists,
                                           std::span<const certificate> shown,
                                           std::span<const certificate> issuers);
std::optional<std::string> denial_of_firmware(const ek_denials& denied, tpm_manufacturer_id manufacturer,
                                              tpm_firmware_version version);

} // namespace muster::crypto
