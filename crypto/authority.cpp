#include "crypto/authority.hpp"

#include "crypto/certificate_template.hpp"
#include "crypto/muster_uri.hpp"

namespace muster::crypto {

namespace {

constexpr std::size_t max_service_names = 16;

wall_time backdated(wall_time from) noexcept {
  return {from.milliseconds > backdating_ms ? from.milliseconds - backdating_ms : 0};
}

/// Sets the times of `out`. fault expired: the issuer is not valid at `when.from`, or nothing is left of the
/// period.
status set_validity(certificate_template& out, const certificate& issuer, validity when) {
  out.not_before = std::max(backdated(when.from), issuer.fields().not_before);
  out.not_after = std::min(when.until, issuer.fields().not_after);
  if (when.from < issuer.fields().not_before || out.not_after <= when.from)
    return fault{errc::expired, "authority: the issuer is not valid then"};
  return {};
}

certificate_template ca_template(std::string_view common_name, unsigned path_length) {
  certificate_template out;
  out.common_name = common_name;
  out.is_ca = true;
  out.path_length = path_length;
  out.key_usage = key_usage::ca;
  return out;
}

bool is_dns_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

} // namespace

result<authority> authority::make_root(std::string_view common_name, validity when) {
  auto key = private_key::make_ec(curve::p256);
  auto what = ca_template(common_name, 1);
  what.not_before = backdated(when.from);
  what.not_after = when.until;
  auto made = sign_certificate(what, key.pub(), nullptr, key);
  if (!made) return made.fault();
  return authority{std::move(*made), std::move(key), std::nullopt};
}

result<authority> authority::from_pem(std::string_view certificate_pem, std::string_view key_pem) {
  auto own = certificate::from_pem(certificate_pem);
  if (!own) return own.fault();
  auto key = private_key::from_pem(key_pem);
  if (!key) return key.fault();
  if (!same(key->pub().spki(), own->key().spki()))
    return fault{errc::mismatch, "authority: the key is not that of the certificate"};
  if (!own->fields().is_ca) return fault{errc::denied, "authority: the certificate is not a CA"};
  const auto& uris = own->fields().uris;
  const auto role = uris.size() == 1 ? issuer_role_from(uris.front()) : std::nullopt;
  if (!role && !own->is_self_signed())
    return fault{errc::denied, "authority: neither our root nor one of our issuers"};
  return authority{std::move(*own), std::move(*key), role};
}

result<certificate> authority::certify_issuer(purpose p, std::string_view common_name,
                                              const public_key& subject, validity when) const {
  if (issues_) return fault{errc::denied, "authority: only a root makes issuers"};
  auto what = ca_template(common_name, 0);
  what.uris = {issuer_uri_of(p)};
  what.extended_key_usages = {std::string{usage_of(p)}};
  if (auto set = set_validity(what, certificate_, when); !set) return set.fault();
  return sign_certificate(what, subject, &certificate_, key_);
}

result<authority> authority::make_issuer(purpose p, std::string_view common_name, validity when) const {
  auto key = private_key::make_ec(curve::p256);
  auto made = certify_issuer(p, common_name, key.pub(), when);
  if (!made) return made.fault();
  return authority{std::move(*made), std::move(key), p};
}

result<certificate> authority::issue(purpose p, std::string_view id, const public_key& subject,
                                     validity when) const {
  if (issues_ != p || p == purpose::service_tls)
    return fault{errc::denied, "authority: not the issuer of this role"};
  if (!is_muster_id(p, id)) return fault{errc::malformed, "authority: not an id of this role"};
  certificate_template what;
  what.uris = {uri_of(p, id)};
  // The common name is for people who use tools; machines read the URI only.
  what.common_name = std::string{to_string(p)}.append(" ").append(id.substr(0, 16));
  what.extended_key_usages = {std::string{usage_of(p)}};
  if (auto set = set_validity(what, certificate_, when); !set) return set.fault();
  return sign_certificate(what, subject, &certificate_, key_);
}

result<certificate> authority::issue_node(const node_id& id, const public_key& subject, validity when) const {
  return issue(purpose::node, to_string(id), subject, when);
}

result<certificate> authority::issue_ak(const ak_owner& of, const public_key& subject, validity when) const {
  return issue(purpose::ak, ak_id_of(of), subject, when);
}

result<certificate> authority::issue_service(std::span<const std::string> dns_names,
                                             const public_key& subject, validity when) const {
  if (issues_ != purpose::service_tls) return fault{errc::denied, "authority: not the issuer of services"};
  if (dns_names.empty() || dns_names.size() > max_service_names
      || !std::ranges::all_of(dns_names, is_dns_name))
    return fault{errc::malformed, "authority: not 1 to 16 DNS names"};
  certificate_template what;
  what.dns_names = {dns_names.begin(), dns_names.end()};
  what.common_name = dns_names.front().substr(0, 64);
  what.extended_key_usages = {std::string{oid::server_auth}};
  if (auto set = set_validity(what, certificate_, when); !set) return set.fault();
  return sign_certificate(what, subject, &certificate_, key_);
}

} // namespace muster::crypto
