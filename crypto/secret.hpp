// Secrets: compared in constant time, wiped on destruction.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster::crypto {

/// Equality in a time that depends only on the lengths. For nonces, secrets, HMACs and qualifying data.
bool equal_constant_time(byte_view a, byte_view b) noexcept;

/// Bytes that are wiped on destruction and on move. Not copyable: a secret is only where the code says it is.
class secret {
public:
  secret() noexcept = default;
  explicit secret(bytes value) noexcept : raw_{std::move(value)} {}
  ~secret() { wipe(); }
  secret(secret&& other) noexcept : raw_{std::move(other.raw_)} { other.wipe(); }
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;

  byte_view view() const noexcept { return raw_; }
  bool empty() const noexcept { return raw_.empty(); }
  void wipe() noexcept;

private:
  bytes raw_;
};

/// Fresh random bytes from the operating system's generator, through OpenSSL. Ends the process if there are
/// none: continuing without randomness would be worse than stopping.
bytes32 make_nonce();
bytes make_random(std::size_t n);
secret make_secret(std::size_t n);

} // namespace muster::crypto
