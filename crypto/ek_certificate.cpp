#include "crypto/ek_certificate.hpp"

#include "crypto/chain.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"
#include "crypto/path.hpp"
#include "crypto/tpm_manufacturers.hpp"

namespace muster::crypto {

namespace {

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

using reason = ek_refusal_reason;

ek_refusal refused(reason why, fault said) { return {why, std::move(said), {}, {}, {}}; }

std::variant<chip_names, ek_refusal> verify_chip_names(const certificate_fields& fields,
                                                       const ek_policy& policy) {
  const auto manufacturer = sole_attribute(fields, oid::tpm_manufacturer);
  if (!manufacturer) return refused(reason::names, manufacturer.fault());
  const auto model = sole_attribute(fields, oid::tpm_model);
  if (!model) return refused(reason::names, model.fault());
  const auto version = sole_attribute(fields, oid::tpm_version);
  if (!version) return refused(reason::names, version.fault());
  if (fields.subject.empty() && fields.alternative_name != criticality::critical)
    return refused(reason::names,
                   {errc::denied, "ek-certificate: no subject, and the alternative name is not critical"});
  const auto id = parse_manufacturer(*manufacturer);
  if (!id) return refused(reason::names, id.fault());
  if (std::ranges::find(policy.manufacturers, *id) == policy.manufacturers.end()) {
    const auto* known = find_tpm_manufacturer(*id);
    return refused(reason::manufacturer,
                   {errc::denied, "ek-certificate: manufacturer " + to_string(*id)
                                      + " is not in admission.manufacturers"
                                      + (known == nullptr ? "" : " (" + std::string{known->name} + ")")});
  }
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

using path_found = std::variant<std::vector<certificate>, path_failure>;

/// CAs are judged at the time when the EK certificate was made.
path_found path_of(const certificate& leaf, std::span<const certificate> sent_along,
                   const vendor_store& store) {
  // The store's certificates come first: if there are two for one CA, the pinned one is used.
  std::vector<certificate> intermediates{store.intermediates().begin(), store.intermediates().end()};
  intermediates.insert(intermediates.end(), sent_along.begin(), sent_along.end());
  return find_path(leaf, intermediates, store.roots(), leaf.fields().not_before);
}

std::string named(const std::string& subject) { return subject.empty() ? "without a name" : subject; }

ek_refusal refused(const path_failure& why) {
  ek_refusal out = refused(reason::path, why.why);
  out.subject = why.at.fields().subject;
  out.issuer = why.at.fields().issuer;
  switch (why.defect) {
  case path_defect::leaf: out.why = reason::usage; break;
  case path_defect::no_issuer:
    out.why = reason::no_root;
    out.said = fault{errc::untrusted, "ek-certificate: no root for issuer " + named(out.issuer)
                                          + " is in admission.vendor_roots"};
    break;
  case path_defect::other_time:
    out.why = reason::issuer_time;
    out.said =
        fault{errc::expired, "ek-certificate: CA " + named(out.subject) + " was not valid when it was made"};
    break;
  case path_defect::constraint:
    out.why = reason::constraint;
    out.said = fault{why.why.code,
                     "ek-certificate: CA " + named(out.subject) + " may not issue it: " + why.why.check};
    break;
  case path_defect::signature:
  case path_defect::other: break;
  }
  return out;
}

/// Checks 3, 4 and 5 of the header, except for the firmware.
std::variant<std::vector<certificate>, ek_refusal> verify_vendor_path(const certificate& leaf,
                                                                      std::span<const certificate> sent_along,
                                                                      const vendor_store& store,
                                                                      const ek_policy& policy) {
  auto found = path_of(leaf, sent_along, store);
  if (const auto* failed = std::get_if<path_failure>(&found)) return refused(*failed);
  auto& path = std::get<0>(found);
  if (auto usage = verify_usage(path, oid::tcg_ek_certificate); !usage)
    return refused(reason::usage, usage.fault());
  for (const auto& one : path)
    if (!is_pinned(one, store) && !is_signed_with_sha2(one))
      return refused(reason::weak, {errc::denied, "ek-certificate: it is signed with a weak hash"});
  if (auto keys = verify_keys(path); !keys) return refused(reason::weak, keys.fault());
  if (const auto denied = denial_of_path(policy.denied, store.revocations(), path))
    return refused(reason::denied, denial(*denied));
  return std::move(path);
}

} // namespace

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
    if (const auto found = path_of(leaf, others, store); found.index() == 0)
      if (auto why = denial_of_path(denied, store.revocations(), std::get<0>(found))) return why;
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

std::variant<verified_ek_certificate, ek_refusal>
judge_ek_certificate(const certificate& leaf, std::span<const certificate> sent_along,
                     const vendor_store& store, const ek_policy& policy, wall_time at) {
  const auto of_leaf = [&](ek_refusal out) {
    if (const auto id = manufacturer_of(leaf)) out.manufacturer = *id;
    if (out.subject.empty()) out.subject = leaf.fields().subject;
    if (out.issuer.empty()) out.issuer = leaf.fields().issuer;
    return out;
  };
  if (sent_along.size() > max_intermediates)
    return of_leaf(
        refused(reason::path, {errc::limit, "ek-certificate: more than 8 certificates sent along"}));
  if (!leaf.valid_at(at))
    return of_leaf(
        refused(reason::time, {errc::expired, "ek-certificate: it has ended, or is not valid yet"}));
  auto chip = verify_chip_names(leaf.fields(), policy);
  if (auto* why = std::get_if<ek_refusal>(&chip)) return of_leaf(std::move(*why));
  auto& names = std::get<chip_names>(chip);
  auto path = verify_vendor_path(leaf, sent_along, store, policy);
  if (auto* why = std::get_if<ek_refusal>(&path)) return of_leaf(std::move(*why));
  if (const auto version = certified_version_from(names.version))
    if (const auto denied = denial_of_firmware(policy.denied, names.manufacturer, *version))
      return of_leaf(refused(reason::denied, denial(*denied)));
  return verified_ek_certificate{std::get<0>(std::move(path)), names.manufacturer, std::move(names.model),
                                 std::move(names.version)};
}

result<verified_ek_certificate> verify_ek_certificate(const certificate& leaf,
                                                      std::span<const certificate> sent_along,
                                                      const vendor_store& store, const ek_policy& policy,
                                                      wall_time at) {
  auto judged = judge_ek_certificate(leaf, sent_along, store, policy, at);
  if (auto* why = std::get_if<ek_refusal>(&judged)) return std::move(why->said);
  return std::get<verified_ek_certificate>(std::move(judged));
}

} // namespace muster::crypto
