#include "tpm/format/efi_signature_list.hpp"

#include "messages/vocabulary/cursor.hpp"

namespace muster::tpm {

result<std::uint64_t> count_signatures(byte_view lists) {
  constexpr std::uint64_t head_size = 28;
  constexpr std::uint64_t owner_size = 16;
  std::uint64_t out = 0;
  cursor in{lists};
  while (in.left() > 0) { // each iteration takes 28 bytes or fails
    //   EFI_GUID SignatureType; UINT32 SignatureListSize (the whole list); UINT32 SignatureHeaderSize;
    //   UINT32 SignatureSize (one signature with its owner)
    in.take(16);
    const std::uint64_t list_size = in.u32_le();
    const std::uint64_t header_size = in.u32_le();
    const std::uint64_t each = in.u32_le();
    if (in.failed() || list_size < head_size + header_size || each <= owner_size)
      return fault{errc::malformed, "efi-signature-list: sizes"};
    const auto signatures = list_size - head_size - header_size;
    if (signatures % each != 0) return fault{errc::malformed, "efi-signature-list: size of the list"};
    //   UINT8 SignatureHeader[]; EFI_SIGNATURE_DATA Signatures[]
    in.take(static_cast<std::size_t>(header_size + signatures));
    if (in.failed()) return fault{errc::malformed, "efi-signature-list: it is cut off"};
    out += signatures / each;
  }
  return out;
}

} // namespace muster::tpm
