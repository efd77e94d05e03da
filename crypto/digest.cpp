#include "crypto/digest.hpp"

#include "crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/sha.h>

#include <cstring>
#include <endian.h>
#include <optional>

namespace muster::crypto {

namespace {

constexpr std::array algorithms{hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                                hash_algorithm::sha512, hash_algorithm::sm3_256};

std::size_t index_of(hash_algorithm algorithm) noexcept {
  const auto* found = std::ranges::find(algorithms, algorithm);
  require(found != algorithms.end());
  return static_cast<std::size_t>(found - algorithms.begin());
}

const char* openssl_name(hash_algorithm algorithm) noexcept {
  switch (algorithm) {
  case hash_algorithm::sha1: return "SHA1";
  case hash_algorithm::sha256: return "SHA256";
  case hash_algorithm::sha384: return "SHA384";
  case hash_algorithm::sha512: return "SHA512";
  case hash_algorithm::sm3_256: return "SM3";
  }
  return "";
}

/// Fetched once for the life of the process and never changed afterwards.
struct fetched_algorithms {
  std::array<EVP_MD*, algorithms.size()> digests{};
  EVP_MAC* hmac = nullptr;

  fetched_algorithms() noexcept {
    for (const auto algorithm : algorithms)
      digests[index_of(algorithm)] = EVP_MD_fetch(nullptr, openssl_name(algorithm), nullptr);
    hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    ERR_clear_error();
  }
  ~fetched_algorithms() {
    for (auto* md : digests)
      EVP_MD_free(md);
    EVP_MAC_free(hmac);
  }
  fetched_algorithms(const fetched_algorithms&) = delete;
  fetched_algorithms& operator=(const fetched_algorithms&) = delete;
};

const fetched_algorithms& fetched() noexcept {
  static const fetched_algorithms once;
  return once;
}

const EVP_MD* fetched_md(hash_algorithm algorithm) noexcept {
  const auto* md = fetched().digests[index_of(algorithm)];
  require(md != nullptr);
  return md;
}

hasher& hasher_of_thread(hash_algorithm algorithm) {
  thread_local std::array<std::optional<hasher>, algorithms.size()> hashers;
  auto& one = hashers[index_of(algorithm)];
  if (!one) one.emplace(algorithm);
  return *one;
}

bytes32 to_bytes32(const digest& value) noexcept {
  bytes32 out{};
  std::ranges::copy(value.view(), out.begin());
  return out;
}

/// SHA-256 without EVP. OpenSSL 3.0's EVP_DigestInit_ex2 frees and allocates the provider's context for every
/// message, which costs a third of the replay of a log. These are the functions that it calls in the end.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
void sha256_of(std::initializer_list<byte_view> parts, std::uint8_t* out) noexcept {
  SHA256_CTX state;
  bool held = SHA256_Init(&state) == 1;
  for (const auto part : parts)
    held = held && SHA256_Update(&state, part.data(), part.size()) == 1;
  require(held && SHA256_Final(out, &state) == 1);
}

/// The same for SHA-1, which the replay of a padded bank and of the template `ima` needs.
void sha1_of(std::initializer_list<byte_view> parts, std::uint8_t* out) noexcept {
  SHA_CTX state;
  bool held = SHA1_Init(&state) == 1;
  for (const auto part : parts)
    held = held && SHA1_Update(&state, part.data(), part.size()) == 1;
  require(held && SHA1_Final(out, &state) == 1);
}

constexpr std::size_t sha256_size = SHA256_DIGEST_LENGTH;

/// The padding of a message of exactly one block (FIPS 180-4, 5.1.1): a second block, always the same.
constexpr auto padding_of_one_block = [] {
  std::array<std::uint8_t, SHA256_CBLOCK> out{};
  out.front() = 0x80;
  out[out.size() - 2] = SHA256_CBLOCK * 8 >> 8; // the length in bits
  return out;
}();

/// Hashes two digests, which together are one block: nothing to gather, nothing to pad.
void sha256_of_two(byte_view first, byte_view second, std::uint8_t* out) noexcept {
  std::array<std::uint8_t, SHA256_CBLOCK> block;
  std::memcpy(block.data(), first.data(), sha256_size);
  std::memcpy(block.data() + sha256_size, second.data(), sha256_size);
  SHA256_CTX state;
  require(SHA256_Init(&state) == 1);
  SHA256_Transform(&state, block.data());
  SHA256_Transform(&state, padding_of_one_block.data());
  for (std::size_t i = 0; i < sha256_size / 4; ++i) {
    const std::uint32_t word = htobe32(state.h[i]);
    std::memcpy(out + 4 * i, &word, 4);
  }
}
#pragma GCC diagnostic pop

} // namespace

digest::digest(byte_view value) noexcept {
  const auto kept = value.first(std::min(value.size(), max_size));
  std::ranges::copy(kept, raw_.begin());
  size_ = static_cast<std::uint8_t>(kept.size());
}

struct hasher::context {
  md_ctx_ptr md{EVP_MD_CTX_new()};
};

hasher::hasher(hash_algorithm algorithm) : algorithm_{algorithm}, context_{std::make_unique<context>()} {
  require(context_->md && EVP_DigestInit_ex2(context_->md.get(), fetched_md(algorithm), nullptr) == 1);
}

hasher::~hasher() = default;
hasher::hasher(hasher&&) noexcept = default;
hasher& hasher::operator=(hasher&&) noexcept = default;

digest hasher::of(std::initializer_list<byte_view> parts) {
  if (algorithm_ == hash_algorithm::sha256) {
    digest fast;
    sha256_of(parts, fast.raw_.data());
    fast.size_ = SHA256_DIGEST_LENGTH;
    return fast;
  }
  if (algorithm_ == hash_algorithm::sha1) {
    digest fast;
    sha1_of(parts, fast.raw_.data());
    fast.size_ = SHA_DIGEST_LENGTH;
    return fast;
  }
  auto* md = context_->md.get();
  // No digest is named: OpenSSL keeps that of the constructor and only resets it.
  bool held = EVP_DigestInit_ex2(md, nullptr, nullptr) == 1;
  for (const auto part : parts)
    held = held && EVP_DigestUpdate(md, part.data(), part.size()) == 1;
  digest out;
  unsigned size = 0;
  require(held && EVP_DigestFinal_ex(md, out.raw_.data(), &size) == 1);
  out.size_ = static_cast<std::uint8_t>(size);
  return out;
}

void hasher::extend(digest& value, byte_view measured) {
  if (algorithm_ == hash_algorithm::sha256 && value.size() == sha256_size && measured.size() == sha256_size)
    sha256_of_two(value.view(), measured, value.raw_.data());
  else
    value = of({value.view(), measured});
}

digest hash(hash_algorithm algorithm, byte_view message) { return hasher_of_thread(algorithm).of(message); }

digest hash(hash_algorithm algorithm, std::initializer_list<byte_view> parts) {
  return hasher_of_thread(algorithm).of(parts);
}

bytes32 sha256(byte_view message) { return to_bytes32(hash(hash_algorithm::sha256, message)); }

bytes32 sha256(std::initializer_list<byte_view> parts) {
  return to_bytes32(hash(hash_algorithm::sha256, parts));
}

bool supported(hash_algorithm algorithm) noexcept {
  return std::ranges::find(algorithms, algorithm) != algorithms.end()
         && fetched().digests[index_of(algorithm)] != nullptr;
}

digest hmac(hash_algorithm algorithm, byte_view key, std::initializer_list<byte_view> parts) {
  const mac_ctx_ptr mac{EVP_MAC_CTX_new(fetched().hmac)};
  const std::array params{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(openssl_name(algorithm)), 0),
      OSSL_PARAM_construct_end()};
  // A null pointer would mean "the previous key", so an empty key needs an address.
  static constexpr std::uint8_t no_key = 0;
  bool held =
      mac && EVP_MAC_init(mac.get(), key.empty() ? &no_key : key.data(), key.size(), params.data()) == 1;
  for (const auto part : parts)
    held = held && EVP_MAC_update(mac.get(), part.data(), part.size()) == 1;
  std::array<std::uint8_t, digest::max_size> out{};
  std::size_t size = 0;
  require(held && EVP_MAC_final(mac.get(), out.data(), &size, out.size()) == 1);
  return digest{byte_view{out}.first(size)};
}

} // namespace muster::crypto
