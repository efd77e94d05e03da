#include "node/ra_agent/own_certificate.hpp"

#include "crypto/authority.hpp"
#include "crypto/certificate_template.hpp"
#include "crypto/muster_uri.hpp"

namespace muster::node {

namespace {

constexpr std::uint64_t stranger_life_ms = 24ULL * 60 * 60 * 1000;

std::optional<node_id> node_named_in(const crypto::certificate& leaf) {
  for (const auto& uri : leaf.fields().uris)
    if (const auto name = crypto::muster_name_from(uri); name && name->role == crypto::purpose::node)
      return node_id_from(name->id);
  return std::nullopt;
}

} // namespace

result<own_certificate> read_own(const issued_identity& issued, const crypto::public_key& key) {
  auto leaf = crypto::certificate::from_der(issued.node_certificate);
  if (!leaf) return leaf.fault();
  if (!same(leaf->fields().spki, key.spki()))
    return fault{errc::mismatch, "own certificate: it is for another key"};
  const auto node = node_named_in(*leaf);
  if (!node) return fault{errc::denied, "own certificate: it names no node"};
  for (const auto& one : issued.node_chain)
    if (auto issuer = crypto::certificate::from_der(one); !issuer) return issuer.fault();
  return own_certificate{std::move(*leaf), *node};
}

bool renewal_due(const own_certificate& own, boot_time now,
                 const std::optional<heard_clock>& service) noexcept {
  const auto& fields = own.leaf.fields();
  const auto end = fields.not_after.milliseconds;
  const auto begin = std::min(end, fields.not_before.milliseconds + crypto::backdating_ms);
  const auto due = (end - begin) / 3 * 2;
  if (own.received) return now.milliseconds >= own.received->milliseconds + due;
  return service && service->at(now).milliseconds >= begin + due;
}

result<crypto::certificate> make_stranger(const crypto::private_key& key, wall_time now) {
  crypto::certificate_template what;
  what.common_name = "muster agent";
  what.not_before = {now.milliseconds - std::min(now.milliseconds, crypto::backdating_ms)};
  what.not_after = {now.milliseconds + stranger_life_ms};
  what.extended_key_usages = {std::string{crypto::oid::client_auth}};
  return crypto::sign_certificate(what, key.pub(), nullptr, key);
}

} // namespace muster::node
