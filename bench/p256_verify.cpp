#include "bench/p256_verify.hpp"

#include "crypto/digest.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <ctime>

namespace muster::bench {

std::chrono::nanoseconds thread_time() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

p256_verify::p256_verify() : key_{crypto::private_key::make_ec(crypto::curve::p256)} {
  const auto message = as_bytes("muster");
  digest_ = to_bytes(crypto::sha256(message));
  signature_ = key_.sign(hash_algorithm::sha256, message).value();
  context_ = ::EVP_PKEY_CTX_new_from_pkey(nullptr, key_.native(), nullptr);
  if (context_ == nullptr || ::EVP_PKEY_verify_init(context_) != 1) std::abort();
}

p256_verify::~p256_verify() { ::EVP_PKEY_CTX_free(context_); }

void p256_verify::run(unsigned times) {
  const auto before = thread_time();
  for (unsigned i = 0; i < times; ++i)
    // A signature of our own that does not hold would make every number here wrong.
    if (::EVP_PKEY_verify(context_, signature_.data(), signature_.size(), digest_.data(), digest_.size())
        != 1)
      std::abort();
  spent_ += thread_time() - before;
  done_ += times;
}

double p256_verify::take_mean_us() noexcept {
  const auto mean =
      done_ == 0 ? 0.0 : static_cast<double>(spent_.count()) / 1000.0 / static_cast<double>(done_);
  spent_ = {};
  done_ = 0;
  return mean;
}

} // namespace muster::bench
