// The unit of the budgets: OpenSSL's verification of one signature, and nothing else.
#pragma once

#include "crypto/key.hpp"

#include <chrono>
#include <memory>

struct evp_pkey_ctx_st;

namespace muster::bench {

/// CPU time of the calling thread.
std::chrono::nanoseconds thread_time() noexcept;

class signature_verify {
public:
  /// Over SHA-256: ECDSA, or RSA by PKCS#1 v1.5.
  explicit signature_verify(crypto::private_key key);
  ~signature_verify();
  signature_verify(const signature_verify&) = delete;
  signature_verify& operator=(const signature_verify&) = delete;

  /// Verifies `times` times with digest, key and context ready, and adds up the CPU time.
  void run(unsigned times);
  /// The mean since the last call, in microseconds per verification.
  double take_mean_us() noexcept;

private:
  crypto::private_key key_;
  bytes digest_;
  bytes signature_;
  evp_pkey_ctx_st* context_;
  std::chrono::nanoseconds spent_{0};
  std::uint64_t done_ = 0;
};

/// The modulus of an RSA key, big-endian.
bytes modulus_of(const crypto::private_key& key);

} // namespace muster::bench
