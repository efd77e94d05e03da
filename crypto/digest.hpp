// Digests and HMACs. Algorithms are fetched once per process: an implicit fetch in OpenSSL 3 costs three
// times as much as hashing a small message.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

#include <initializer_list>
#include <memory>

namespace muster::crypto {

/// A digest of any supported algorithm, without heap allocation. Empty until assigned.
class digest {
public:
  static constexpr std::size_t max_size = 64;

  digest() noexcept = default;
  /// Takes at most `max_size` bytes of `value`.
  explicit digest(byte_view value) noexcept;

  byte_view view() const noexcept { return {raw_.data(), size_}; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  friend bool operator==(const digest& a, const digest& b) noexcept { return same(a.view(), b.view()); }

private:
  friend class hasher;
  std::array<std::uint8_t, max_size> raw_{};
  std::uint8_t size_ = 0;
};

/// Hashes many messages with one algorithm and one reused context: the fast way for logs. Movable; for use by
/// one thread at a time.
class hasher {
public:
  explicit hasher(hash_algorithm algorithm);
  ~hasher();
  hasher(hasher&&) noexcept;
  hasher& operator=(hasher&&) noexcept;
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;

  hash_algorithm algorithm() const noexcept { return algorithm_; }
  /// H(part1 || part2 || ...)
  digest of(std::initializer_list<byte_view> parts);
  digest of(byte_view message) { return of({message}); }
  /// What TPM2_PCR_Extend does: `value` becomes H(value || measured).
  void extend(digest& value, byte_view measured);

private:
  struct context;
  hash_algorithm algorithm_;
  std::unique_ptr<context> context_;
};

/// H(message), through a hasher of the calling thread.
digest hash(hash_algorithm algorithm, byte_view message);
digest hash(hash_algorithm algorithm, std::initializer_list<byte_view> parts);
bytes32 sha256(byte_view message);
bytes32 sha256(std::initializer_list<byte_view> parts);

/// Whether this build of OpenSSL offers the algorithm (SM3 may be missing).
bool supported(hash_algorithm algorithm) noexcept;

/// HMAC (FIPS 198-1).
digest hmac(hash_algorithm algorithm, byte_view key, std::initializer_list<byte_view> parts);

} // namespace muster::crypto
