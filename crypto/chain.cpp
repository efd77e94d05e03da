#include "crypto/chain.hpp"

#include "crypto/digest.hpp"
#include "crypto/muster_uri.hpp"
#include "crypto/path.hpp"

#include <algorithm>

namespace muster::crypto {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<muster_name> sole_name_of(const certificate& leaf) {
  const auto& uris = leaf.fields().uris;
  if (uris.size() != 1) return std::nullopt;
  return muster_name_from(uris.front());
}

/// Check 4 of the header. `path` has at least two certificates.
result<std::string> verify_role(std::span<const certificate> path, purpose p) {
  const auto name = sole_name_of(path[0]);
  if (!name || name->role != p) return fault{errc::denied, "chain: the leaf has no name of this role"};
  const auto& issuer_uris = path[1].fields().uris;
  if (issuer_uris.size() != 1 || issuer_role_from(issuer_uris.front()) != p)
    return fault{errc::denied, "chain: the issuer is not that of this role"};
  return name->id;
}

} // namespace

result<verified_chain> verify_chain(const certificate& leaf, std::span<const certificate> intermediates,
                                    std::span<const certificate> anchors, purpose p, wall_time at) {
  if (intermediates.size() > max_intermediates) return fault{errc::limit, "chain: more than 8 intermediates"};
  auto path = verify_path(leaf, intermediates, anchors, at);
  if (!path) return path.fault();
  if (auto usage = verify_usage(*path, usage_of(p)); !usage) return usage.fault();
  std::string id;
  if (p != purpose::service_tls) {
    auto role = verify_role(*path, p);
    if (!role) return role.fault();
    id = std::move(*role);
  }
  return verified_chain{std::move(*path), p, std::move(id)};
}

std::optional<purpose> claimed_purpose(const certificate& leaf) {
  const auto name = sole_name_of(leaf);
  if (!name) return std::nullopt;
  return name->role;
}

status verify_service_name(const verified_chain& service, std::string_view name) {
  if (service.what_for() != purpose::service_tls) return fault{errc::denied, "chain: not that of a service"};
  for (const auto& dns : service.leaf().fields().dns_names)
    if (same_name(dns, name)) return {};
  return fault{errc::denied, "chain: the service's certificate does not carry this name"};
}

status verify_service_issuer(const verified_chain& service, std::span<const bytes32> issuers) {
  if (service.what_for() != purpose::service_tls) return fault{errc::denied, "chain: not that of a service"};
  const auto name = sha256(service.certificates()[1].fields().spki);
  if (std::ranges::find(issuers, name) != issuers.end()) return {};
  return fault{errc::untrusted, "chain: the issuer " + to_hex(name)
                                    + " of the service's certificate is not in the trust list in force"};
}

} // namespace muster::crypto
