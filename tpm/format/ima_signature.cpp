#include "tpm/format/ima_signature.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <optional>

namespace muster::tpm {
namespace {

constexpr std::uint8_t digest_signature_type = 3; // EVM_IMA_XATTR_DIGSIG
constexpr std::uint8_t verity_signature_type = 6; // IMA_VERITY_DIGSIG

// enum hash_algo (include/uapi/linux/hash_info.h)
std::optional<hash_algorithm> kernel_hash(std::uint8_t number) noexcept {
  switch (number) {
  case 2: return hash_algorithm::sha1;
  case 4: return hash_algorithm::sha256;
  case 5: return hash_algorithm::sha384;
  case 6: return hash_algorithm::sha512;
  case 17: return hash_algorithm::sm3_256;
  default: return std::nullopt;
  }
}

} // namespace

result<ima_signature> parse_ima_signature(byte_view input) {
  cursor in{input};
  ima_signature out;
  //   UINT8 type; UINT8 version; UINT8 hash_algo; BE32 keyid; BE16 sig_size; UINT8 sig[]
  const auto type = in.u8();
  const auto version = in.u8();
  out.kernel_algorithm = in.u8();
  out.key_id = in.u32_be();
  const auto size = in.u16_be();
  if (in.failed()) return fault{errc::malformed, "ima-signature: it is cut off"};
  if (type == digest_signature_type && version == 2)
    out.kind = ima_signature_kind::file_digest;
  else if (type == verity_signature_type && version == 3)
    out.kind = ima_signature_kind::verity_digest;
  else
    return fault{errc::unsupported,
                 "ima-signature: type " + std::to_string(type) + " of version " + std::to_string(version)};
  const auto algorithm = kernel_hash(out.kernel_algorithm);
  if (!algorithm)
    return fault{errc::unsupported, "ima-signature: the hash algorithm is not supported "
                                        + std::to_string(out.kernel_algorithm)};
  out.algorithm = *algorithm;
  if (size == 0 || size > max_ima_signature) return fault{errc::malformed, "ima-signature: its length"};
  out.signature = in.take(size);
  if (!in.done()) return fault{errc::malformed, "ima-signature: its length"};
  return out;
}

} // namespace muster::tpm
