// OpenSSL's objects for EC keys, made without its decoders. Inside this folder.
#pragma once

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace muster::crypto {

struct curve_facts {
  curve id;
  const char* name;       ///< as fromdata wants it
  const char* group_name; ///< as a decoded key reports it
  std::size_t field;      ///< bytes
  unsigned bits;
};
const curve_facts& facts_of(curve c) noexcept;
/// Null for a key of another kind, or of a curve that we do not do.
const curve_facts* facts_of(const EVP_PKEY* key) noexcept;

/// SEC 1, 2.3.3: 04 || X || Y.
struct encoded_point {
  std::array<std::uint8_t, 1 + 2 * 66> raw{};
  std::size_t size = 0;
};

/// Neither coordinate is longer than the field.
encoded_point encode_point(const curve_facts& facts, byte_view x, byte_view y) noexcept;
encoded_point encode_point(const p256_point& point) noexcept;
/// Empty optional if the key keeps its point compressed.
std::optional<encoded_point> point_as_encoded(const EVP_PKEY* key, const curve_facts& facts);

/// A key of its own; null if `point` is not on the curve.
pkey_ptr key_at(const curve_facts& facts, const encoded_point& point);

/// The one key object of this thread for the curve, with `point` in it until the next call: for who uses many
/// keys once each. Null if `point` is not on the curve.
EVP_PKEY* thread_key_at(const curve_facts& facts, const encoded_point& point);

} // namespace muster::crypto
