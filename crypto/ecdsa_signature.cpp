#include "crypto/ecdsa_signature.hpp"

#include "messages/vocabulary/cursor.hpp"

namespace muster::crypto {

namespace {

constexpr std::size_t max_field = 66;
constexpr std::uint8_t tag_integer = 0x02;
constexpr std::uint8_t tag_sequence = 0x30;

byte_view without_leading_zeros(byte_view number) noexcept {
  while (!number.empty() && number.front() == 0)
    number = number.subspan(1);
  return number;
}

void put_integer(bytes& out, byte_view number) {
  // With its top bit set the number would be negative; without any bytes it would not be a number.
  const bool pad = number.empty() || (number.front() & 0x80U) != 0;
  out.push_back(tag_integer);
  out.push_back(static_cast<std::uint8_t>(number.size() + (pad ? 1 : 0)));
  if (pad) out.push_back(0);
  append(out, number);
}

/// The value of a positive INTEGER in its shortest form, without the sign byte; empty for anything else.
byte_view take_integer(cursor& in) noexcept {
  //   tag, length (short form: at most 67 bytes), value
  if (in.u8() != tag_integer) return {};
  const auto value = in.take(in.u8());
  if (value.empty() || (value[0] & 0x80U) != 0) return {};
  if (value[0] != 0) return value;
  return value.size() > 1 && (value[1] & 0x80U) != 0 ? value.subspan(1) : byte_view{};
}

} // namespace

result<bytes> ecdsa_to_der(byte_view r, byte_view s) {
  r = without_leading_zeros(r);
  s = without_leading_zeros(s);
  if (r.size() > max_field || s.size() > max_field)
    return fault{errc::malformed, "ecdsa: r or s is longer than any field"};
  bytes numbers;
  numbers.reserve(2 * (max_field + 3));
  put_integer(numbers, r);
  put_integer(numbers, s);
  bytes out;
  out.reserve(numbers.size() + 3);
  out.push_back(tag_sequence);
  if (numbers.size() > 0x7f) out.push_back(0x81);
  out.push_back(static_cast<std::uint8_t>(numbers.size()));
  append(out, numbers);
  return out;
}

result<bytes> ecdsa_to_fixed(byte_view der, std::size_t field) {
  cursor in{der};
  //   SEQUENCE, length in short form, or 0x81 and a byte for P-521
  const bool is_sequence = in.u8() == tag_sequence;
  std::size_t length = in.u8();
  if (length == 0x81) length = in.u8();
  if (!is_sequence || length != in.left()) return fault{errc::malformed, "ecdsa: not one DER sequence"};
  const auto r = take_integer(in);
  const auto s = take_integer(in);
  if (!in.done() || r.empty() || s.empty() || r.size() > field || s.size() > field)
    return fault{errc::malformed, "ecdsa: not two positive numbers of the field"};
  bytes out(2 * field, 0);
  std::ranges::copy(r, out.begin() + static_cast<std::ptrdiff_t>(field - r.size()));
  std::ranges::copy(s, out.begin() + static_cast<std::ptrdiff_t>(2 * field - s.size()));
  return out;
}

} // namespace muster::crypto
