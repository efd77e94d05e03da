#include "crypto/muster_uri.hpp"

#include <charconv>

namespace muster::crypto {

namespace {

constexpr std::string_view scheme = "muster:";
constexpr std::string_view issuer_prefix = "muster:issuer:";
constexpr std::size_t max_id = 64;
constexpr std::size_t node_digits = 64;
constexpr std::array purposes{purpose::service_tls, purpose::node, purpose::hub, purpose::verifier,
                              purpose::ak};

std::optional<purpose> purpose_from(std::string_view word) noexcept {
  const auto* found = std::ranges::find_if(purposes, [word](purpose p) { return to_string(p) == word; });
  if (found == purposes.end()) return std::nullopt;
  return *found;
}

bool is_lower_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_plain(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-'
         || c == '_';
}

} // namespace

std::string_view to_string(purpose p) noexcept {
  switch (p) {
  case purpose::service_tls: return "service";
  case purpose::node: return "node";
  case purpose::hub: return "hub";
  case purpose::verifier: return "verifier";
  case purpose::ak: return "ak";
  }
  return "";
}

std::string_view usage_of(purpose role) noexcept {
  switch (role) {
  case purpose::service_tls: return oid::server_auth;
  case purpose::node:
  case purpose::hub:
  case purpose::verifier: return oid::client_auth;
  case purpose::ak: return oid::tcg_ak_certificate;
  }
  return "";
}

bool is_muster_id(purpose role, std::string_view id) noexcept {
  switch (role) {
  case purpose::node: return id.size() == node_digits && std::ranges::all_of(id, is_lower_hex);
  case purpose::ak: return ak_owner_from(id).has_value();
  case purpose::hub:
  case purpose::verifier: return !id.empty() && id.size() <= max_id && std::ranges::all_of(id, is_plain);
  case purpose::service_tls: return false;
  }
  return false;
}

std::string ak_id_of(const ak_owner& of) {
  return to_string(of.node) + '.' + std::to_string(of.generation.value);
}

std::optional<ak_owner> ak_owner_from(std::string_view id) {
  const auto dot = id.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto node = node_id_from(id.substr(0, dot));
  const auto digits = id.substr(dot + 1);
  std::uint64_t generation = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), generation);
  if (!node || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const ak_owner out{*node, {generation}};
  // An owner has only one spelling: no upper-case digits, no leading zeros.
  if (generation == 0 || ak_id_of(out) != id) return std::nullopt;
  return out;
}

std::optional<muster_name> muster_name_from(std::string_view uri) {
  if (!uri.starts_with(scheme)) return std::nullopt;
  uri.remove_prefix(scheme.size());
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto role = purpose_from(uri.substr(0, colon));
  const auto id = uri.substr(colon + 1);
  if (!role || !is_muster_id(*role, id)) return std::nullopt;
  return muster_name{*role, std::string{id}};
}

std::string uri_of(purpose role, std::string_view id) {
  return std::string{scheme}.append(to_string(role)).append(":").append(id);
}

std::string issuer_uri_of(purpose role) { return std::string{issuer_prefix}.append(to_string(role)); }

std::optional<purpose> issuer_role_from(std::string_view uri) noexcept {
  if (!uri.starts_with(issuer_prefix)) return std::nullopt;
  return purpose_from(uri.substr(issuer_prefix.size()));
}

} // namespace muster::crypto
