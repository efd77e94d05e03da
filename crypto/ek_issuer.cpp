#include "crypto/ek_issuer.hpp"

#include "crypto/certificate_template.hpp"

namespace muster::crypto {

namespace {

certificate_template ca_template(std::string common_name, unsigned path_length, validity when) {
  certificate_template out;
  out.common_name = std::move(common_name);
  out.not_before = when.from;
  out.not_after = when.until;
  out.is_ca = true;
  out.path_length = path_length;
  out.key_usage = key_usage::ca;
  return out;
}

} // namespace

result<ek_issuer> ek_issuer::make(std::string_view vendor, validity when) {
  const std::string name{vendor};
  const auto root_key = private_key::make_ec(curve::p256);
  auto root =
      sign_certificate(ca_template(name + " TPM Root CA", 1, when), root_key.pub(), nullptr, root_key);
  if (!root) return root.fault();
  auto key = private_key::make_ec(curve::p256);
  auto what = ca_template(name + " TPM Manufacturing CA", 0, when);
  what.extended_key_usages = {std::string{oid::tcg_ek_certificate}};
  auto intermediate = sign_certificate(what, key.pub(), &*root, root_key);
  if (!intermediate) return intermediate.fault();
  return ek_issuer{std::move(*root), std::move(*intermediate), std::move(key)};
}

result<ek_issuer> ek_issuer::from_pem(std::string_view root_pem, std::string_view intermediate_pem,
                                      std::string_view key_pem) {
  auto root = certificate::from_pem(root_pem);
  if (!root) return root.fault();
  auto intermediate = certificate::from_pem(intermediate_pem);
  if (!intermediate) return intermediate.fault();
  auto key = private_key::from_pem(key_pem);
  if (!key) return key.fault();
  if (!same(key->pub().spki(), intermediate->key().spki()))
    return fault{errc::mismatch, "ek-issuer: the key is not that of the intermediate"};
  return ek_issuer{std::move(*root), std::move(*intermediate), std::move(*key)};
}

result<certificate> ek_issuer::issue(const public_key& ek, const tpm_description& chip,
                                     wall_time from) const {
  certificate_template what;
  what.not_before = from;
  what.not_after = no_expiry;
  what.key_usage = ek.is_rsa() ? key_usage::encipherment : key_usage::agreement;
  what.extended_key_usages = {std::string{oid::tcg_ek_certificate}};
  what.directory_names = {{std::string{oid::tpm_manufacturer}, to_string(chip.manufacturer)},
                          {std::string{oid::tpm_model}, chip.model},
                          {std::string{oid::tpm_version}, chip.version}};
  what.alternative_name = criticality::critical;
  return sign_certificate(what, ek, &intermediate_, key_);
}

} // namespace muster::crypto
