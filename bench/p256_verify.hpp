// The unit of the first budget: what OpenSSL needs to verify one P-256 signature, and nothing else.
#pragma once

#include "crypto/key.hpp"

#include <chrono>
#include <memory>

struct evp_pkey_ctx_st;

namespace muster::bench {

/// CPU time of the calling thread.
std::chrono::nanoseconds thread_time() noexcept;

class p256_verify {
public:
  p256_verify();
  ~p256_verify();
  p256_verify(const p256_verify&) = delete;
  p256_verify& operator=(const p256_verify&) = delete;

  /// Verifies that many times over a ready digest, key and context, and adds the CPU time of it.
  void run(unsigned times);
  /// Since the last call, in microseconds for each verification.
  double take_mean_us() noexcept;

private:
  crypto::private_key key_;
  bytes digest_;
  bytes signature_;
  evp_pkey_ctx_st* context_;
  std::chrono::nanoseconds spent_{0};
  std::uint64_t done_ = 0;
};

} // namespace muster::bench
