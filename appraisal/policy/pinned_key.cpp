#include "appraisal/policy/pinned_key.hpp"

#include "crypto/certificate.hpp"
#include "crypto/digest.hpp"
#include "crypto/pem.hpp"
#include "messages/vocabulary/cursor.hpp"

namespace muster::appraisal {

namespace {

constexpr unsigned least_rsa_bits = 2048;
constexpr std::size_t key_id_size = 4;

std::uint32_t last_four(byte_view identifier) noexcept {
  return cursor{identifier.last(key_id_size)}.u32_be();
}

/// The bits of a key in its SubjectPublicKeyInfo: SEQUENCE { algorithm SEQUENCE, BIT STRING }. OpenSSL wrote
/// the DER, so only the forms of length that OpenSSL writes are read.
byte_view key_bits(byte_view spki) noexcept {
  cursor in{spki};
  const auto open = [&in](std::uint8_t tag) -> std::size_t {
    if (in.u8() != tag) return 0;
    const auto first = in.u8();
    if (first < 0x80) return first;
    std::size_t size = 0;
    for (unsigned i = 0; i < (first & 0x7fU) && i < 2; ++i)
      size = size << 8U | in.u8();
    return size;
  };
  open(0x30);
  in.take(open(0x30));
  const auto size = open(0x03);
  in.u8(); // unused bits: none
  return size == 0 ? byte_view{} : in.take(size - 1);
}

result<crypto::public_key> key_from_file(byte_view content, bytes& identifier) {
  const bool pem = as_text(content).find("-----BEGIN ") != std::string_view::npos;
  if (pem) {
    auto block = crypto::parse_one_pem(as_text(content));
    if (!block) return block.fault();
    if (block->label == "PUBLIC KEY") return crypto::public_key::from_spki(block->der);
  } else if (auto key = crypto::public_key::from_spki(content)) {
    return key;
  }
  auto certificate =
      pem ? crypto::certificate::from_pem(as_text(content)) : crypto::certificate::from_der(content);
  if (!certificate) return certificate.fault();
  identifier = certificate->fields().subject_key_id;
  return certificate->key();
}

} // namespace

pinned_key::pinned_key(crypto::public_key key, bytes spki, std::uint32_t key_id)
    : key_{std::move(key)}, spki_{std::move(spki)}, fingerprint_{crypto::sha256(spki_)}, key_id_{key_id} {}

result<pinned_key> pinned_key::from_file(byte_view content) {
  if (content.size() > max_file) return fault{errc::limit, "a key's file is over 64 KiB"};
  bytes identifier;
  auto key = key_from_file(content, identifier);
  if (!key) return key.fault();
  const auto spki = key->spki();
  if (identifier.size() < key_id_size)
    identifier = to_bytes(crypto::hash(hash_algorithm::sha1, key_bits(spki)).view());
  return from_spki(spki, last_four(identifier));
}

result<pinned_key> pinned_key::from_spki(byte_view spki, std::uint32_t key_id) {
  auto key = crypto::public_key::from_spki(spki);
  if (!key) return key.fault();
  if (key->is_rsa() && key->bits() < least_rsa_bits)
    return fault{errc::denied, "an RSA key below 2048 bits is not to be trusted"};
  return pinned_key{*std::move(key), to_bytes(spki), key_id};
}

} // namespace muster::appraisal
