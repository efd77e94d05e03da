#include "service/store/checksum.hpp"

#include <cstring>

namespace muster::service {
namespace {

// The Castagnoli polynomial, bits reversed.
constexpr std::uint32_t polynomial = 0x82f63b78U;

constexpr std::array<std::uint32_t, 256> make_table() noexcept {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0U);
    table[i] = value;
  }
  return table;
}

constexpr auto table = make_table();

std::uint32_t by_table(std::uint32_t state, byte_view more) noexcept {
  for (const auto byte : more)
    state = (state >> 8U) ^ table[(state ^ byte) & 0xffU];
  return state;
}

#if defined(__x86_64__)
// SSE 4.2 has an instruction for exactly this checksum; it is 20 times faster than the table.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t state, byte_view more) noexcept {
  std::uint64_t wide = state;
  while (more.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, more.data(), 8);
    wide = __builtin_ia32_crc32di(wide, word);
    more = more.subspan(8);
  }
  return by_table(static_cast<std::uint32_t>(wide), more);
}
#endif

} // namespace

std::uint32_t crc32c(std::uint32_t so_far, byte_view more) noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2") != 0) return ~by_instruction(~so_far, more);
#endif
  return ~by_table(~so_far, more);
}

} // namespace muster::service
