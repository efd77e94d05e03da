#include "tpm/evidence/credential.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/evidence/kdf.hpp"

namespace muster::tpm {

namespace {

constexpr std::string_view identity = "IDENTITY"; // label of credential seeds

/// A seed, and the encrypted form from which only the EK's TPM can recover it.
struct sealed_seed {
  crypto::secret seed;
  bytes encrypted;
};

std::uint32_t digest_bits(hash_algorithm hash) noexcept {
  return static_cast<std::uint32_t>(8 * digest_size(hash));
}

// TPM 2.0 Part 1, B.10.4: a random seed, encrypted with OAEP.
result<sealed_seed> make_rsa_seed(const ek_public& ek) {
  const auto hash = ek.area().name_algorithm();
  auto seed = crypto::make_secret(digest_size(hash));
  auto encrypted = ek.key().encrypt_oaep(hash, writer{}.label(identity).view(), seed.view());
  if (!encrypted) return encrypted.fault();
  return sealed_seed{std::move(seed), *std::move(encrypted)};
}

// TPM 2.0 Part 1, C.6.4: ECDH with an ephemeral key, whose point (TPMS_ECC_POINT) is sent.
result<sealed_seed> make_ecc_seed(const ek_public& ek, crypto::curve curve) {
  const auto hash = ek.area().name_algorithm();
  const auto ephemeral = crypto::private_key::make_ec(curve);
  auto shared = ephemeral.derive(ek.key());
  if (!shared) return shared.fault();
  const crypto::secret z{*std::move(shared)};
  const auto ours = crypto::point_of(ephemeral.pub());
  const auto theirs = crypto::point_of(ek.key());
  if (!ours) return ours.fault();
  if (!theirs) return theirs.fault();
  return sealed_seed{kdfe(hash, z.view(), identity, ours->x, theirs->x, digest_bits(hash)),
                     writer{}.sized16(ours->x).sized16(ours->y).take()};
}

// The secret as a TPM2B_DIGEST, in a buffer that is wiped.
crypto::secret sized(const crypto::secret& secret) {
  const auto value = secret.view();
  bytes out(2 + value.size());
  out[0] = static_cast<std::uint8_t>(value.size() >> 8U);
  out[1] = static_cast<std::uint8_t>(value.size());
  std::ranges::copy(value, out.begin() + 2);
  return crypto::secret{std::move(out)};
}

} // namespace

result<credential> make_credential(const ek_public& ek, byte_view ak_name, const crypto::secret& secret) {
  const auto hash = ek.area().name_algorithm();
  if (secret.empty() || secret.view().size() > digest_size(hash))
    return fault{errc::limit, "credential: the secret is empty, or longer than a digest of the EK"};
  const auto& cipher = ek.area().symmetric();
  if (!cipher) return fault{errc::unsupported, "credential: the EK names no cipher"};
  const auto curve = ek.key().ec_curve();
  const auto sealed = curve ? make_ecc_seed(ek, *curve) : make_rsa_seed(ek);
  if (!sealed) return sealed.fault();

  const auto inner = kdfa(hash, sealed->seed.view(), "STORAGE", ak_name, {}, cipher->key_bits);
  const auto encrypted = crypto::encrypt_aes_cfb(inner.view(), sized(secret).view());
  if (!encrypted) return encrypted.fault();
  const auto outer = kdfa(hash, sealed->seed.view(), "INTEGRITY", {}, {}, digest_bits(hash));
  const auto integrity = crypto::hmac(hash, outer.view(), {*encrypted, ak_name});
  //   TPMS_ID_OBJECT: TPM2B_DIGEST integrityHMAC, encIdentity to the end
  return credential{writer{}.sized16(integrity.view()).put(*encrypted).take(), sealed->encrypted};
}

} // namespace muster::tpm
