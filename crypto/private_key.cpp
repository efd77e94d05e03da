#include "crypto/digest.hpp"
#include "crypto/key.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

namespace muster::crypto {

namespace {

constexpr std::size_t max_private_key = 16UL * 1024;

const char* group_name(curve c) noexcept {
  switch (c) {
  case curve::p256: return "P-256";
  case curve::p384: return "P-384";
  case curve::p521: return "P-521";
  }
  return "";
}

} // namespace

private_key private_key::make_ec(curve c) {
  pkey_ptr key{EVP_EC_gen(group_name(c))};
  require(key != nullptr);
  return private_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

result<private_key> private_key::make_rsa(unsigned bits) {
  if (bits < 1024 || bits > 8192)
    return fault{errc::unsupported, "key: the size of the RSA modulus is not supported"};
  pkey_ptr key{EVP_RSA_gen(bits)};
  if (!key) return openssl_fault(errc::internal, "key: RSA generation");
  return private_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

result<private_key> private_key::from_pem(std::string_view pem) {
  auto block = parse_one_pem(pem);
  if (!block) return block.fault();
  // d2i would not ask for a passphrase; the check of the label says early and clearly what is unsupported.
  if (block->label != "PRIVATE KEY" && block->label != "EC PRIVATE KEY" && block->label != "RSA PRIVATE KEY")
    return fault{errc::unsupported, "key: it is not an unencrypted private key"};
  if (block->der.size() > max_private_key) return fault{errc::limit, "key: private key over 16 KiB"};
  const auto* at = block->der.data();
  pkey_ptr key{d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(block->der.size()))};
  const bool whole = at == block->der.data() + block->der.size();
  OPENSSL_cleanse(block->der.data(), block->der.size());
  if (!key || !whole) return openssl_fault(errc::malformed, "key: it is not a private key");
  // The public half passes the same checks as a key from the network.
  if (auto checked = public_key::from_spki(to_der(key.get(), i2d_PUBKEY)); !checked) return checked.fault();
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
  if (!context || EVP_PKEY_pairwise_check(context.get()) != 1)
    return openssl_fault(errc::malformed, "key: its private and public part do not belong together");
  return private_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

std::string private_key::pem() const {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(native());
  require(info != nullptr);
  auto der = to_der(info, i2d_PKCS8_PRIV_KEY_INFO);
  PKCS8_PRIV_KEY_INFO_free(info);
  auto text = to_pem("PRIVATE KEY", der);
  OPENSSL_cleanse(der.data(), der.size());
  return text;
}

result<bytes> private_key::derive(const public_key& peer) const {
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, native(), nullptr)};
  const auto other = peer.native();
  std::size_t size = 0;
  if (!context || EVP_PKEY_derive_init(context.get()) <= 0
      || EVP_PKEY_derive_set_peer_ex(context.get(), other.get(), 1) <= 0
      || EVP_PKEY_derive(context.get(), nullptr, &size) <= 0)
    return openssl_fault(errc::mismatch, "ecdh: the keys are not of one curve");
  bytes out(size);
  if (EVP_PKEY_derive(context.get(), out.data(), &size) <= 0)
    return openssl_fault(errc::internal, "ecdh: derivation");
  out.resize(size);
  return out;
}

result<bytes32> private_key::secret_for(std::string_view label) const {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_is_a(pair_.get(), "EC") != 1
      || EVP_PKEY_get_bn_param(pair_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1)
    return openssl_fault(errc::unsupported, "key: only an EC key makes secrets");
  const bignum_ptr held{number};
  std::array<std::uint8_t, 66> raw{}; // of P-521, the longest
  require(BN_bn2binpad(number, raw.data(), static_cast<int>(raw.size())) > 0);
  const auto made = hmac(hash_algorithm::sha256, raw, {as_bytes(label)});
  OPENSSL_cleanse(raw.data(), raw.size());
  BN_clear(number);
  bytes32 out{};
  std::ranges::copy(made.view(), out.begin());
  return out;
}

} // namespace muster::crypto
