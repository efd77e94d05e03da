#include "crypto/ek_certificate.hpp"

#include "crypto/chain.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"
#include "crypto/path.hpp"

namespace muster::crypto {

namespace {

/// TCG Vendor ID Registry: the name in ASCII, padded with zeros or blanks as in the registry.
constexpr std::array registry{
    tpm_manufacturer_id{0x414d4400}, // AMD
    tpm_manufacturer_id{0x414e5400}, // Ant Group
    tpm_manufacturer_id{0x41544d4c}, // Atmel
    tpm_manufacturer_id{0x4252434d}, // Broadcom
    tpm_manufacturer_id{0x4353434f}, // Cisco
    tpm_manufacturer_id{0x464c5953}, // Flyslice
    tpm_manufacturer_id{0x474f4f47}, // Google
    tpm_manufacturer_id{0x48495349}, // Huawei
    tpm_manufacturer_id{0x48504500}, // HPE
    tpm_manufacturer_id{0x48504900}, // HP Inc.
    tpm_manufacturer_id{0x49465800}, // Infineon
    tpm_manufacturer_id{0x494e5443}, // Intel
    tpm_manufacturer_id{0x4c454e00}, // Lenovo
    tpm_manufacturer_id{0x4d534654}, // Microsoft
    tpm_manufacturer_id{0x4e534700}, // NSING
    tpm_manufacturer_id{0x4e534d20}, // National Semiconductor
    tpm_manufacturer_id{0x4e544300}, // Nuvoton
    tpm_manufacturer_id{0x4e545a00}, // Nationz
    tpm_manufacturer_id{0x51434f4d}, // Qualcomm
    tpm_manufacturer_id{0x524f4343}, // Fuzhou Rockchip
    tpm_manufacturer_id{0x5345414c}, // Wisekey
    tpm_manufacturer_id{0x53454345}, // SecEdge
    tpm_manufacturer_id{0x534d5343}, // SMSC
    tpm_manufacturer_id{0x534d534e}, // Samsung
    tpm_manufacturer_id{0x534e5300}, // Sinosun
    tpm_manufacturer_id{0x53544d20}, // ST Microelectronics
    tpm_manufacturer_id{0x54584e00}, // Texas Instruments
    tpm_manufacturer_id{0x57454300}, // Winbond
};

struct chip_names {
  tpm_manufacturer_id manufacturer;
  std::string model;
  std::string version;
};

/// The value of the attribute if it occurs exactly once: two would be two answers.
result<std::string_view> sole_attribute(const certificate_fields& fields, std::string_view type) {
  const auto is_it = [type](const directory_attribute& one) { return one.oid == type; };
  const auto& names = fields.directory_names;
  if (std::ranges::count_if(names, is_it) != 1)
    return fault{errc::denied, "ek-certificate: alternative name without exactly one " + std::string{type}};
  return std::string_view{std::ranges::find_if(names, is_it)->value};
}

/// "id:" and 8 hex digits (TCG EK Credential Profile, TPM manufacturer).
result<tpm_manufacturer_id> parse_manufacturer(std::string_view text) {
  constexpr std::string_view prefix = "id:";
  const auto raw = text.starts_with(prefix) ? from_hex(text.substr(prefix.size())) : std::nullopt;
  if (!raw || raw->size() != 4)
    return fault{errc::malformed, "ek-certificate: manufacturer is not id: and 8 hex digits"};
  std::uint32_t value = 0;
  for (const auto byte : *raw)
    value = value << 8U | byte;
  return tpm_manufacturer_id{value};
}

result<chip_names> verify_chip_names(const certificate_fields& fields, const ek_policy& policy) {
  const auto manufacturer = sole_attribute(fields, oid::tpm_manufacturer);
  if (!manufacturer) return manufacturer.fault();
  const auto model = sole_attribute(fields, oid::tpm_model);
  if (!model) return model.fault();
  const auto version = sole_attribute(fields, oid::tpm_version);
  if (!version) return version.fault();
  if (fields.subject.empty() && fields.alternative_name != criticality::critical)
    return fault{errc::denied, "ek-certificate: no subject, and the alternative name is not critical"};
  const auto id = parse_manufacturer(*manufacturer);
  if (!id) return id.fault();
  if (std::ranges::find(policy.manufacturers, *id) == policy.manufacturers.end())
    return fault{errc::denied,
                 "ek-certificate: manufacturer " + to_string(*id) + " is not in admission.manufacturers"};
  return chip_names{*id, printable(*model), printable(*version)};
}

bool is_signed_with_sha2(const certificate& one) {
  int digest = NID_undef;
  const bool known = X509_get_signature_info(one.native(), &digest, nullptr, nullptr, nullptr) == 1;
  ERR_clear_error();
  return known && (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512);
}

bool is_pinned(const certificate& one, const vendor_store& store) {
  const auto in = [&](std::span<const certificate> list) {
    return std::ranges::find(list, one) != list.end();
  };
  return in(store.roots()) || in(store.intermediates());
}

fault denial(const std::string& why) { return {errc::denied, "ek-certificate: denied: " + why}; }

status verify_keys(std::span<const certificate> path) {
  for (const auto& one : path)
    if (auto strong = verify_key_strength(one.key()); !strong) return strong;
  return {};
}

/// CAs are judged at the time when the EK certificate was made.
result<std::vector<certificate>> path_of(const certificate& leaf, std::span<const certificate> sent_along,
                                         const vendor_store& store) {
  // The store's certificates come first: if there are two for one CA, the pinned one is used.
  std::vector<certificate> intermediates{store.intermediates().begin(), store.intermediates().end()};
  intermediates.insert(intermediates.end(), sent_along.begin(), sent_along.end());
  return verify_path(leaf, intermediates, store.roots(), leaf.fields().not_before);
}

/// Checks 3, 4 and 5 of the header, except for the firmware.
result<std::vector<certificate>> verify_vendor_path(const certificate& leaf,
                                                    std::span<const certificate> sent_along,
                                                    const vendor_store& store, const ek_policy& policy) {
  auto path = path_of(leaf, sent_along, store);
  if (!path) return path.fault();
  if (auto usage = verify_usage(*path, oid::tcg_ek_certificate); !usage) return usage.fault();
  for (const auto& one : *path)
    if (!is_pinned(one, store) && !is_signed_with_sha2(one))
      return fault{errc::denied, "ek-certificate: it is signed with a weak hash"};
  if (auto keys = verify_keys(*path); !keys) return keys.fault();
  if (const auto denied = denial_of_path(policy.denied, store.revocations(), *path)) return denial(*denied);
  return path;
}

} // namespace

std::span<const tpm_manufacturer_id> known_tpm_manufacturers() noexcept { return registry; }

result<tpm_manufacturer_id> manufacturer_of(const certificate& ek) {
  const auto text = sole_attribute(ek.fields(), oid::tpm_manufacturer);
  if (!text) return text.fault();
  return parse_manufacturer(*text);
}

std::optional<std::string> denial_of_ek_certificates(std::span<const certificate> own,
                                                     std::span<const certificate> others,
                                                     const vendor_store& store, const ek_policy& policy) {
  const auto& denied = policy.denied;
  if (denied.certificates.empty() && denied.issuers.empty() && store.revocations().empty())
    return std::nullopt;
  std::vector<certificate> issuers{store.roots().begin(), store.roots().end()};
  issuers.insert(issuers.end(), store.intermediates().begin(), store.intermediates().end());
  issuers.insert(issuers.end(), others.begin(), others.end());
  for (const auto shown : {own, others})
    if (auto why = denial_of_shown(denied, store.revocations(), shown, issuers)) return why;
  // The certificates above them that were not sent along, because the operator has them in the store.
  for (const auto& leaf : own)
    if (const auto path = path_of(leaf, others, store))
      if (auto why = denial_of_path(denied, store.revocations(), *path)) return why;
  return std::nullopt;
}

std::optional<std::string> denial_of_certified_firmware(std::span<const certificate> own,
                                                        const ek_policy& policy) {
  for (const auto& leaf : own) {
    const auto manufacturer = manufacturer_of(leaf);
    const auto text = sole_attribute(leaf.fields(), oid::tpm_version);
    const auto version = text ? certified_version_from(*text) : std::nullopt;
    if (!manufacturer || !version) continue;
    if (auto denied = denial_of_firmware(policy.denied, *manufacturer, *version)) return denied;
  }
  return std::nullopt;
}

result<verified_ek_certificate> verify_ek_certificate(const certificate& leaf,
                                                      std::span<const certificate> sent_along,
                                                      const vendor_store& store, const ek_policy& policy,
                                                      wall_time at) {
  if (sent_along.size() > max_intermediates)
    return fault{errc::limit, "ek-certificate: more than 8 certificates sent along"};
  if (!leaf.valid_at(at)) return fault{errc::expired, "ek-certificate: it has ended, or is not valid yet"};
  auto chip = verify_chip_names(leaf.fields(), policy);
  if (!chip) return chip.fault();
  auto path = verify_vendor_path(leaf, sent_along, store, policy);
  if (!path) return path.fault();
  if (const auto version = certified_version_from(chip->version))
    if (const auto denied = denial_of_firmware(policy.denied, chip->manufacturer, *version))
      return denial(*denied);
  return verified_ek_certificate{std::move(*path), chip->manufacturer, std::move(chip->model),
                                 std::move(chip->version)};
}

} // namespace muster::crypto
