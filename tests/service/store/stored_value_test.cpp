#include "service/store/checksum.hpp"
#include "service/store/stored_value.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

TEST_CASE("CRC-32C gives the value of its definition, in one piece or in several") {
  CHECK(crc32c(0, {}) == 0);
  CHECK(crc32c(0, as_bytes("123456789")) == 0xe3069283U);
  CHECK(crc32c(crc32c(0, as_bytes("1234")), as_bytes("56789")) == 0xe3069283U);
  CHECK(crc32c(0, bytes(32, 0x00)) == 0x8a9136aaU); // RFC 3720, B.4
  CHECK(crc32c(0, bytes(32, 0xff)) == 0x62a8ab43U);
}

TEST_CASE("a stored value comes back, and any change of a bit, its key or its table is noticed") {
  const bytes key(32, 7);
  for (std::size_t size = 0; size < 40; ++size) {
    const bytes content(size, 0xc3);
    bytes value(stored_size(size), 0xee);
    CHECK(value.size() % 8 == 0);
    write_stored(value, store_table::nodes, key, content);
    const auto back = read_stored(value, store_table::nodes, key);
    REQUIRE(back.ok());
    CHECK(same(*back, content));

    CHECK_FALSE(read_stored(value, store_table::states, key).ok());
    CHECK_FALSE(read_stored(value, store_table::nodes, bytes(32, 8)).ok());
    CHECK_FALSE(read_stored(byte_view{value}.first(value.size() - 1), store_table::nodes, key).ok());
    for (std::size_t bit = 0; bit < (stored_header + size) * 8; ++bit) {
      value[bit / 8] = static_cast<std::uint8_t>(value[bit / 8] ^ (1U << (bit % 8)));
      CHECK_FALSE(read_stored(value, store_table::nodes, key).ok());
      value[bit / 8] = static_cast<std::uint8_t>(value[bit / 8] ^ (1U << (bit % 8)));
    }
  }
}
