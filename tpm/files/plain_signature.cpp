#include "tpm/files/plain_signature.hpp"

#include "crypto/ecdsa_signature.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

namespace {

constexpr std::size_t octets(unsigned bits) noexcept { return (bits + 7) / 8; }

/// r || s of an ECDSA signature in either form.
result<bytes> numbers_of(byte_view content, const crypto::public_key& key) {
  const auto field = octets(key.bits());
  if (auto der = crypto::ecdsa_to_fixed(content, field)) return der;
  if (content.size() == 2 * field) return to_bytes(content);
  return fault{errc::malformed, "signature: neither a TPMT_SIGNATURE nor a plain signature by this key"};
}

} // namespace

bool is_plain_signature(byte_view content, const crypto::public_key& key) {
  return key.is_rsa() ? content.size() == octets(key.bits()) : numbers_of(content, key).ok();
}

result<bytes> framed_signature(byte_view content, const crypto::public_key& key, signing_scheme scheme) {
  if (key.is_rsa() == (scheme.algorithm == signature_algorithm::ecdsa))
    return fault{errc::mismatch, "signature: the scheme is not one of this kind of key"};
  if (!is_plain_signature(content, key))
    return fault{errc::malformed, "signature: neither a TPMT_SIGNATURE nor a plain signature by this key"};
  writer out;
  out.u16_be(static_cast<std::uint16_t>(scheme.algorithm)).u16_be(static_cast<std::uint16_t>(scheme.hash));
  if (key.is_rsa()) return out.sized16(content).take();
  const auto numbers = numbers_of(content, key);
  if (!numbers) return numbers.fault();
  const auto field = numbers->size() / 2;
  return out.sized16(byte_view{*numbers}.first(field)).sized16(byte_view{*numbers}.last(field)).take();
}

} // namespace muster::tpm
