#include "tests/tpm/evidence/soft_tpm.hpp"

#include "crypto/ecdsa_signature.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/evidence/kdf.hpp"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace muster::testing {

using namespace muster::tpm;

namespace {

constexpr std::string_view identity = "IDENTITY";

bytes modulus_of(const crypto::public_key& key) {
  BIGNUM* n = nullptr;
  REQUIRE(EVP_PKEY_get_bn_param(key.native().get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1);
  bytes out(key.bits() / 8);
  REQUIRE(BN_bn2binpad(n, out.data(), static_cast<int>(out.size())) > 0);
  BN_free(n);
  return out;
}

std::optional<bytes> decrypt_oaep(const crypto::private_key& key, hash_algorithm hash, byte_view sealed) {
  const auto label = writer{}.label(identity).take();
  const auto* md = hash == hash_algorithm::sha384 ? EVP_sha384() : EVP_sha256();
  auto* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr);
  auto* copy = OPENSSL_memdup(label.data(), label.size());
  REQUIRE(EVP_PKEY_decrypt_init(context) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context, md) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) > 0);
  REQUIRE(EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) > 0);
  bytes out(512);
  auto size = out.size();
  const bool opened = EVP_PKEY_decrypt(context, out.data(), &size, sealed.data(), sealed.size()) > 0;
  EVP_PKEY_CTX_free(context);
  out.resize(size);
  return opened ? std::optional{out} : std::nullopt;
}

// TPM 2.0 Part 1, C.6.4, on the side of the static key.
std::optional<bytes> ecdh_seed(const crypto::private_key& key, hash_algorithm hash, byte_view sealed) {
  cursor in{sealed};
  const auto x = in.take(in.u16_be());
  const auto y = in.take(in.u16_be());
  if (!in.done()) return std::nullopt;
  const auto peer = crypto::public_key::from_ec_point(*key.pub().ec_curve(), x, y);
  if (!peer) return std::nullopt;
  const auto z = key.derive(*peer);
  REQUIRE(z.ok());
  const auto own = crypto::point_of(key.pub());
  const auto bits = static_cast<std::uint32_t>(8 * digest_size(hash));
  return muster::to_bytes(kdfe(hash, *z, identity, x, own->x, bits).view());
}

crypto::private_key make_key(const bytes& key_template) {
  const auto area = parse_public_area(key_template);
  if (const auto* ecc = area->ecc())
    return crypto::private_key::make_ec(ecc->curve == ecc_curve::nist_p384 ? crypto::curve::p384
                                                                           : crypto::curve::p256);
  return crypto::private_key::make_rsa(area->rsa()->bits).value();
}

} // namespace

bytes to_bytes(const attest_fields& f) {
  writer out;
  out.u32_be(f.magic).u16_be(f.type).sized16(f.qualified_signer).sized16(f.extra_data);
  out.u64_be(f.clock).u32_be(f.reset_count).u32_be(f.restart_count).u8(f.safe).u64_be(f.firmware_version);
  return out.put(f.selection).sized16(f.pcr_digest).put(f.behind).take();
}

public_area area_of(const bytes& key_template, const crypto::public_key& key) {
  writer out;
  out.put(parse_public_area(key_template)->template_part());
  if (key.is_rsa()) {
    out.sized16(modulus_of(key));
  } else {
    const auto point = crypto::point_of(key);
    out.sized16(point->x).sized16(point->y);
  }
  return parse_public_area(out.view()).value();
}

std::optional<bytes> activate(const crypto::private_key& ek, const public_area& ek_area, byte_view ak_name,
                              const credential& sealed) {
  const auto hash = ek_area.name_algorithm();
  const auto seed = ek.pub().is_rsa() ? decrypt_oaep(ek, hash, sealed.encrypted_secret)
                                      : ecdh_seed(ek, hash, sealed.encrypted_secret);
  if (!seed) return std::nullopt;
  cursor in{sealed.id_object};
  const auto integrity = in.take(in.u16_be());
  const auto encrypted = in.rest();
  const auto bits = static_cast<std::uint32_t>(8 * digest_size(hash));
  const auto outer = kdfa(hash, *seed, "INTEGRITY", {}, {}, bits);
  if (!same(integrity, crypto::hmac(hash, outer.view(), {encrypted, ak_name}).view())) return std::nullopt;
  const auto inner = kdfa(hash, *seed, "STORAGE", ak_name, {}, ek_area.symmetric()->key_bits);
  const auto plain = crypto::decrypt_aes_cfb(inner.view(), encrypted);
  REQUIRE(plain.ok());
  cursor value{*plain};
  const auto out = value.take(value.u16_be());
  REQUIRE(value.done());
  return muster::to_bytes(out);
}

soft_tpm::soft_tpm(ek_template ek, ak_template ak)
    : ek_{make_key(template_of(ek))}, ak_{make_key(template_of(ak))},
      ek_area_{area_of(template_of(ek), ek_.pub())}, ak_area_{area_of(template_of(ak), ak_.pub())} {}

std::optional<bytes> soft_tpm::activate(const credential& sealed) const {
  return testing::activate(ek_, ek_area_, name_of(ak_area_), sealed);
}

attest_fields soft_tpm::honest(byte_view extra_data, const pcr_selection& selection,
                               const pcr_values& values) const {
  attest_fields out;
  out.qualified_signer = endorsement_qualified_name(checked_ak());
  out.extra_data = muster::to_bytes(extra_data);
  writer list;
  write_pcr_selection(list, selection);
  out.selection = list.take();
  out.pcr_digest = muster::to_bytes(digest_of(values, selection, ak_area_.scheme()->hash).view());
  return out;
}

made_quote soft_tpm::sign(const attest_fields& fields) const {
  made_quote out{to_bytes(fields), {}};
  const auto [algorithm, hash] = *ak_area_.scheme();
  const auto raw = ak_.sign(hash, out.attest);
  REQUIRE(raw.ok());
  writer sig;
  sig.u16_be(static_cast<std::uint16_t>(algorithm)).u16_be(static_cast<std::uint16_t>(hash));
  if (algorithm == signature_algorithm::ecdsa) {
    const auto fixed = crypto::ecdsa_to_fixed(*raw, 32);
    sig.sized16(byte_view{*fixed}.first(32)).sized16(byte_view{*fixed}.subspan(32));
  } else {
    sig.sized16(*raw);
  }
  out.signature = sig.take();
  return out;
}

pcr_values values_for(const pcr_selection& selection) {
  pcr_values out;
  for (const auto& [bank, mask] : selection)
    for (unsigned index = 0; index < pcr_count; ++index)
      if ((mask >> index & 1U) != 0)
        REQUIRE(out.set(bank, index, bytes(digest_size(bank), static_cast<std::uint8_t>(index + 1))).ok());
  return out;
}

} // namespace muster::testing
