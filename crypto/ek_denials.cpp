#include "crypto/ek_denials.hpp"

#include "crypto/certificate_digests.hpp"
#include "crypto/digest.hpp"

#include <algorithm>
#include <charconv>

namespace muster::crypto {

namespace {

constexpr unsigned numbers_in_version = 4;

bool holds(const std::vector<bytes32>& list, byte_view content) {
  return !list.empty() && std::ranges::find(list, sha256(content)) != list.end();
}

bool holds_certificate(const std::vector<bytes32>& list, const certificate& one) {
  const auto listed = [&](const bytes32& digest) { return std::ranges::find(list, digest) != list.end(); };
  return !list.empty() && std::ranges::any_of(digests_of(one), listed);
}

std::string whose(const certificate& one) {
  if (!one.fields().is_ca) return "the EK's certificate";
  return "the CA " + (one.fields().subject.empty() ? "(no name)" : one.fields().subject);
}

std::optional<std::string> denial_by_list(const ek_denials& denied, const certificate& one) {
  if (holds_certificate(denied.certificates, one)) return "admission.deny.certificates has " + whose(one);
  if (holds(denied.issuers, one.fields().spki) || holds(denied.issuers, one.key().spki()))
    return "admission.deny.issuers has the key of " + whose(one);
  return std::nullopt;
}

std::string revoked_by(const revocation_list& list, const certificate& one) {
  return "the CRL of " + list.issuer() + " revokes " + whose(one);
}

} // namespace

std::string to_string(tpm_manufacturer_id id) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "id:";
  for (int shift = 28; shift >= 0; shift -= 4)
    out += digits[id.value >> shift & 0xfU];
  return out;
}

std::string to_string(tpm_firmware_version version) {
  std::string out;
  for (int shift = 48; shift >= 0; shift -= 16)
    out += (out.empty() ? "" : ".") + std::to_string(version.value >> shift & 0xffffU);
  return out;
}

std::optional<tpm_firmware_version> firmware_version_from(std::string_view text) {
  tpm_firmware_version out;
  unsigned given = 0;
  for (bool more = true; more; ++given) {
    const auto dot = text.find('.');
    const auto digits = text.substr(0, dot);
    std::uint16_t one = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), one);
    if (given == numbers_in_version || error != std::errc{} || end != digits.data() + digits.size())
      return std::nullopt;
    out.value |= std::uint64_t{one} << (48 - 16 * given);
    more = dot != std::string_view::npos;
    if (more) text.remove_prefix(dot + 1);
  }
  return out;
}

std::optional<tpm_firmware_version> certified_version_from(std::string_view text) {
  constexpr std::string_view prefix = "id:";
  const auto raw = text.starts_with(prefix) ? from_hex(text.substr(prefix.size())) : std::nullopt;
  if (!raw || raw->size() != 4) return std::nullopt;
  std::uint64_t value = 0;
  for (const auto byte : *raw)
    value = value << 8U | byte;
  return tpm_firmware_version{value << 32U};
}

std::optional<std::string> denial_of_ek(const ek_denials& denied, const bytes32& id) {
  if (std::ranges::find(denied.eks, id) == denied.eks.end()) return std::nullopt;
  return "admission.deny.eks has this EK";
}

std::optional<std::string> denial_of_path(const ek_denials& denied, std::span<const revocation_list> lists,
                                          std::span<const certificate> path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& one = path[i];
    if (auto listed = denial_by_list(denied, one)) return listed;
    if (i + 1 == path.size()) break; // a root is withdrawn by removing its file
    const auto by =
        std::ranges::find_if(lists, [&](const auto& list) { return list.revokes(one, path[i + 1]); });
    if (by != lists.end()) return revoked_by(*by, one);
  }
  return std::nullopt;
}

std::optional<std::string> denial_of_shown(const ek_denials& denied, std::span<const revocation_list> lists,
                                           std::span<const certificate> shown,
                                           std::span<const certificate> issuers) {
  for (const auto& one : shown) {
    if (auto listed = denial_by_list(denied, one)) return listed;
    for (const auto& list : lists)
      if (std::ranges::any_of(
              issuers, [&](const auto& issuer) { return !(issuer == one) && list.revokes(one, issuer); }))
        return revoked_by(list, one);
  }
  return std::nullopt;
}

std::optional<std::string> denial_of_firmware(const ek_denials& denied, tpm_manufacturer_id manufacturer,
                                              tpm_firmware_version version) {
  for (const auto& bound : denied.firmware)
    if (bound.manufacturer == manufacturer && version < bound.below)
      return "admission.deny.firmware: the TPM's firmware is " + to_string(version) + ", of "
             + to_string(manufacturer) + " below " + to_string(bound.below);
  return std::nullopt;
}

} // namespace muster::crypto
