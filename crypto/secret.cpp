#include "crypto/secret.hpp"

#include "crypto/openssl.hpp"

#include <openssl/rand.h>

#include <limits>

namespace muster::crypto {

bool equal_constant_time(byte_view a, byte_view b) noexcept {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    wipe();
    raw_ = std::move(other.raw_);
    other.wipe();
  }
  return *this;
}

void secret::wipe() noexcept {
  OPENSSL_cleanse(raw_.data(), raw_.size());
  raw_.clear();
}

bytes32 make_nonce() {
  bytes32 out;
  require(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
  return out;
}

bytes make_random(std::size_t n) {
  require(n <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  bytes out(n);
  require(RAND_bytes(out.data(), static_cast<int>(n)) == 1);
  return out;
}

secret make_secret(std::size_t n) {
  require(n <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  bytes out(n);
  // Nonces are public, so the private generator keeps its state apart from theirs.
  require(RAND_priv_bytes(out.data(), static_cast<int>(n)) == 1);
  return secret{std::move(out)};
}

} // namespace muster::crypto
