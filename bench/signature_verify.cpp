#include "bench/signature_verify.hpp"

#include "crypto/digest.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <ctime>

namespace muster::bench {

std::chrono::nanoseconds thread_time() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

signature_verify::signature_verify(crypto::private_key key) : key_{std::move(key)} {
  const auto message = as_bytes("muster");
  digest_ = to_bytes(crypto::sha256(message));
  signature_ = key_.sign(hash_algorithm::sha256, message).value();
  context_ = ::EVP_PKEY_CTX_new_from_pkey(nullptr, key_.native(), nullptr);
  if (context_ == nullptr || ::EVP_PKEY_verify_init(context_) != 1) std::abort();
  if (key_.pub().is_rsa()
      && (::EVP_PKEY_CTX_set_rsa_padding(context_, RSA_PKCS1_PADDING) != 1
          || ::EVP_PKEY_CTX_set_signature_md(context_, ::EVP_sha256()) != 1))
    std::abort();
}

signature_verify::~signature_verify() { ::EVP_PKEY_CTX_free(context_); }

void signature_verify::run(unsigned times) {
  const auto before = thread_time();
  for (unsigned i = 0; i < times; ++i)
    // If our own signature did not verify, every number here would be wrong.
    if (::EVP_PKEY_verify(context_, signature_.data(), signature_.size(), digest_.data(), digest_.size())
        != 1)
      std::abort();
  spent_ += thread_time() - before;
  done_ += times;
}

double signature_verify::take_mean_us() noexcept {
  const auto mean =
      done_ == 0 ? 0.0 : static_cast<double>(spent_.count()) / 1000.0 / static_cast<double>(done_);
  spent_ = {};
  done_ = 0;
  return mean;
}

bytes modulus_of(const crypto::private_key& key) {
  BIGNUM* modulus = nullptr;
  if (::EVP_PKEY_get_bn_param(key.native(), OSSL_PKEY_PARAM_RSA_N, &modulus) != 1) std::abort();
  bytes out(static_cast<std::size_t>(BN_num_bytes(modulus)));
  ::BN_bn2bin(modulus, out.data());
  ::BN_free(modulus);
  return out;
}

} // namespace muster::bench
