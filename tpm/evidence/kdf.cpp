#include "tpm/evidence/kdf.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

namespace {

constexpr std::uint32_t max_bits = 4096;

// Concatenates block(1), block(2), ... up to `bits`, and truncates the last block.
template <class Block> crypto::secret expand(std::uint32_t bits, Block&& block) {
  const std::size_t wanted = std::min(bits, max_bits) / 8;
  bytes out;
  out.reserve(wanted); // so the buffer never moves and leaves no copy of key material
  for (std::uint32_t counter = 1; out.size() < wanted; ++counter) {
    const crypto::digest next = block(counter);
    append(out, next.view().first(std::min(next.size(), wanted - out.size())));
  }
  return crypto::secret{std::move(out)};
}

bytes with_nul(std::string_view label) { return writer{}.label(label).take(); }

} // namespace

crypto::secret kdfa(hash_algorithm hash, byte_view key, std::string_view label, byte_view context_u,
                    byte_view context_v, std::uint32_t bits) {
  const auto name = with_nul(label);
  const auto length = writer{}.u32_be(bits).take();
  return expand(bits, [&](std::uint32_t counter) {
    //   HMAC(key, counter || label || 00 || contextU || contextV || bits)
    const auto i = writer{}.u32_be(counter).take();
    return crypto::hmac(hash, key, {i, name, context_u, context_v, length});
  });
}

crypto::secret kdfe(hash_algorithm hash, byte_view z, std::string_view label, byte_view party_u,
                    byte_view party_v, std::uint32_t bits) {
  const auto name = with_nul(label);
  return expand(bits, [&](std::uint32_t counter) {
    //   H(counter || Z || label || 00 || PartyUInfo || PartyVInfo)
    const auto i = writer{}.u32_be(counter).take();
    return crypto::hash(hash, {i, z, name, party_u, party_v});
  });
}

} // namespace muster::tpm
