#include "node/ra_agent/new_anchor.hpp"

#include <algorithm>

namespace muster::node {

namespace {

constexpr std::string_view label{"muster/anchor/1\0", 16};
constexpr std::size_t max_signature = 1024; // RSA-8192

bool signed_by(const crypto::certificate& old, byte_view message, byte_view signature) {
  const auto scheme =
      old.key().is_rsa() ? crypto::signature_scheme::rsassa_pkcs1 : crypto::signature_scheme::ecdsa;
  return old.key().verify(scheme, hash_algorithm::sha256, message, signature).ok();
}

} // namespace

result<crypto::certificate> read_new_anchor(byte_view der, byte_view signature,
                                            const std::vector<crypto::certificate>& trusted, wall_time now) {
  if (der.size() > crypto::max_certificate_size || signature.size() > max_signature)
    return fault{errc::limit, "anchor: too long"};
  bytes message = to_bytes(as_bytes(label));
  message.insert(message.end(), der.begin(), der.end());
  // The keys of the anchors in force: root of this machine chose the first, and each chose the next.
  if (std::ranges::none_of(trusted, [&](const auto& old) { return signed_by(old, message, signature); }))
    return fault{errc::mismatch, "anchor: none of the anchors in force signed it"};
  auto out = crypto::certificate::from_der(der);
  if (!out) return fault{out.fault().code, "anchor: " + out.fault().check};
  if (!out->fields().is_ca) return fault{errc::denied, "anchor: is no CA certificate"};
  if (now.milliseconds > out->fields().not_after.milliseconds)
    return fault{errc::denied, "anchor: has expired"};
  return out;
}

} // namespace muster::node
