#include "service/store/stored_value.hpp"

#include "crypto/digest.hpp"
#include "crypto/secret.hpp"
#include "messages/vocabulary/cursor.hpp"
#include "service/store/checksum.hpp"

#include <cstring>

namespace muster::service {
namespace {

void put_u32(mutable_bytes out, std::uint32_t value) noexcept {
  for (unsigned i = 0; i < 4; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint32_t checksum(store_table table, byte_view key, byte_view length_and_content) noexcept {
  const std::array<std::uint8_t, 1> where{static_cast<std::uint8_t>(table)};
  return crc32c(crc32c(crc32c(0, where), key), length_and_content);
}

crypto::digest seal_of(store_table table, byte_view key, byte_view content, const bytes32& seal_key) {
  // All keys of one table have the same length, so the concatenation is unambiguous.
  const std::array<std::uint8_t, 1> where{static_cast<std::uint8_t>(table)};
  return crypto::hmac(hash_algorithm::sha256, seal_key, {where, key, content});
}

} // namespace

void write_stored(mutable_bytes out, store_table table, byte_view key, byte_view content,
                  const bytes32& seal_key) noexcept {
  put_u32(out.subspan(4, 4), static_cast<std::uint32_t>(content.size()));
  if (!content.empty()) std::memcpy(out.data() + stored_header, content.data(), content.size());
  if (is_sealed(table)) {
    const auto seal = seal_of(table, key, content, seal_key);
    std::ranges::copy(seal.view().first(stored_seal), out.last(stored_seal).begin());
    out = out.first(out.size() - stored_seal);
  }
  const auto padding = out.subspan(stored_header + content.size());
  std::fill(padding.begin(), padding.end(), std::uint8_t{0});
  put_u32(out.first(4), checksum(table, key, byte_view{out}.subspan(4, 4 + content.size())));
}

result<byte_view> read_stored(byte_view value, store_table table, byte_view key, const bytes32& seal_key) {
  cursor in{value};
  const auto sum = in.u32_le();
  const auto length = in.u32_le();
  const auto content = in.take(length);
  if (in.failed() || value.size() != stored_size(table, length))
    return fault{errc::malformed, "store: a record has the wrong length"};
  if (sum != checksum(table, key, value.subspan(4, 4 + content.size())))
    return fault{errc::malformed, "store: a record is damaged"};
  if (is_sealed(table)
      && !crypto::equal_constant_time(value.last(stored_seal),
                                      seal_of(table, key, content, seal_key).view().first(stored_seal)))
    return fault{errc::malformed,
                 "store: a record was not written by this service: its seal is of another key"};
  return content;
}

} // namespace muster::service
