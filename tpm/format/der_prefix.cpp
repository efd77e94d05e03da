#include "tpm/format/der_prefix.hpp"

#include "messages/vocabulary/cursor.hpp"

namespace muster::tpm {

result<byte_view> der_prefix(byte_view input) {
  constexpr std::uint8_t sequence = 0x30;
  constexpr std::uint8_t long_form = 0x80;
  constexpr std::size_t most_length_octets = 3;
  cursor in{input};
  if (in.u8() != sequence) return fault{errc::malformed, "der: it does not begin with a SEQUENCE"};
  std::size_t length = in.u8();
  if ((length & long_form) != 0) {
    const std::size_t octets = length & 0x7fU;
    if (octets == 0 || octets > most_length_octets)
      return fault{errc::malformed, "der: the length of the SEQUENCE is not valid"};
    length = 0;
    for (const auto octet : in.take(octets))
      length = length << 8U | octet;
  }
  const auto header = input.size() - in.left();
  in.take(length);
  if (in.failed()) return fault{errc::malformed, "der: the SEQUENCE is longer than what holds it"};
  return input.first(header + length);
}

} // namespace muster::tpm
