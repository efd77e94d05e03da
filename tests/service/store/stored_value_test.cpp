#include "service/store/checksum.hpp"
#include "service/store/stored_value.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

TEST_CASE("CRC-32C matches its definition, in one piece or in several") {
  CHECK(crc32c(0, {}) == 0);
  CHECK(crc32c(0, as_bytes("123456789")) == 0xe3069283U);
  CHECK(crc32c(crc32c(0, as_bytes("1234")), as_bytes("56789")) == 0xe3069283U);
  CHECK(crc32c(0, bytes(32, 0x00)) == 0x8a9136aaU); // RFC 3720, B.4
  CHECK(crc32c(0, bytes(32, 0xff)) == 0x62a8ab43U);
}

namespace {

constexpr bytes32 our_key{1};

} // namespace

TEST_CASE("a stored value comes back, and any change of a bit, its key or its table is noticed") {
  const bytes key(32, 7);
  for (const auto table : {store_table::nodes, store_table::files})
    for (std::size_t size = 0; size < 40; ++size) {
      CAPTURE(size);
      const bytes content(size, 0xc3);
      bytes value(stored_size(table, size), 0xee);
      CHECK(value.size() % 8 == 0);
      write_stored(value, table, key, content, our_key);
      const auto read = [&](byte_view in, byte_view under) { return read_stored(in, table, under, our_key); };
      const auto back = read(value, key);
      REQUIRE(back.ok());
      CHECK(same(*back, content));

      CHECK_FALSE(read_stored(value, store_table::states, key, our_key).ok());
      CHECK_FALSE(read(value, bytes(32, 8)).ok());
      CHECK_FALSE(read(byte_view{value}.first(value.size() - 1), key).ok());
      const auto padded = stored_header + (size + 7) / 8 * 8;
      for (std::size_t bit = 0; bit < value.size() * 8; ++bit) {
        if (bit / 8 >= stored_header + size && bit / 8 < padded) continue; // padding carries no data
        value[bit / 8] = static_cast<std::uint8_t>(value[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(read(value, key).ok());
        value[bit / 8] = static_cast<std::uint8_t>(value[bit / 8] ^ (1U << (bit % 8)));
      }
    }
}

TEST_CASE("a record that is shown can be written only with the key, and cannot be moved") {
  const bytes key(32, 7);
  const bytes content(20, 0xc3);
  for (const auto table :
       {store_table::nodes, store_table::states, store_table::revocations, store_table::groups,
        store_table::settings, store_table::join_tokens, store_table::join_uses, store_table::forgotten}) {
    REQUIRE(is_sealed(table));
    // The forger knows the layout and every record, and computes the right checksum.
    bytes value(stored_size(table, content.size()));
    write_stored(value, table, key, content, bytes32{2});
    const auto read = read_stored(value, table, key, our_key);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().check.find("not written by this service") != std::string::npos);

    bytes of_another(stored_size(table, content.size()));
    write_stored(of_another, table, bytes(32, 8), content, our_key);
    write_stored(value, table, key, content, bytes32{2});
    std::ranges::copy(byte_view{of_another}.last(stored_seal),
                      mutable_bytes{value}.last(stored_seal).begin());
    CHECK_FALSE(read_stored(value, table, key, our_key).ok());
  }
}
