// OpenSSL's objects for EC keys, made without its decoders. For use inside this folder only.
#pragma once

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace muster::crypto {

struct curve_facts {
  curve id;
  const char* name;       ///< as EVP_PKEY_fromdata expects it
  const char* group_name; ///< as a decoded key reports it
  std::size_t field;      ///< bytes
  unsigned bits;
};
const curve_facts& facts_of(curve c) noexcept;
/// Null for a key of another kind or of an unsupported curve.
const curve_facts* facts_of(const EVP_PKEY* key) noexcept;

/// SEC 1, 2.3.3: 04 || X || Y.
struct encoded_point {
  std::array<std::uint8_t, 1 + 2 * 66> raw{};
  std::size_t size = 0;
};

/// Neither `x` nor `y` may be longer than the field.
encoded_point encode_point(const curve_facts& facts, byte_view x, byte_view y) noexcept;
encoded_point encode_point(const p256_point& point) noexcept;
/// Empty optional if the key keeps its point compressed.
std::optional<encoded_point> point_as_encoded(const EVP_PKEY* key, const curve_facts& facts);

/// A new key object; null if `point` is not on the curve.
pkey_ptr key_at(const curve_facts& facts, const encoded_point& point);

/// This thread's one key object for the curve; it holds `point` until the next call. For callers that use
/// many keys once each. Null if `point` is not on the curve.
EVP_PKEY* thread_key_at(const curve_facts& facts, const encoded_point& point);

} // namespace muster::crypto
