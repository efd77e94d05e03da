#include "crypto/digest.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace muster;
using namespace muster::crypto;

TEST_CASE("digests match those of FIPS 180-4 and GB/T 32905") {
  struct row {
    hash_algorithm algorithm;
    std::string_view message;
    std::string_view expected;
  };
  const row rows[] = {
      {hash_algorithm::sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {hash_algorithm::sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {hash_algorithm::sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {hash_algorithm::sha384, "abc",
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {hash_algorithm::sha512, "abc",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4"
       "42364"
       "3ce80e2a9ac94fa54ca49f"},
      {hash_algorithm::sm3_256, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
  };
  for (const auto& row : rows) {
    CAPTURE(to_string(row.algorithm));
    REQUIRE(supported(row.algorithm));
    const auto got = hash(row.algorithm, as_bytes(row.message));
    CHECK(to_hex(got.view()) == row.expected);
    CHECK(got.size() == digest_size(row.algorithm));
    CHECK(hash(row.algorithm, {as_bytes(row.message).first(row.message.size() / 2),
                               as_bytes(row.message).subspan(row.message.size() / 2)})
          == got);
  }
  CHECK_FALSE(supported(static_cast<hash_algorithm>(0x0027)));
}

TEST_CASE("a hasher gives the same digest again and again: nothing of the last message remains") {
  hasher one{hash_algorithm::sha256};
  const auto first = one.of(as_bytes("abc"));
  CHECK(one.of(as_bytes("abd")) != first);
  CHECK(one.of({as_bytes("a"), as_bytes("bc")}) == first);
  hasher moved = std::move(one);
  CHECK(moved.of(as_bytes("abc")) == first);
  CHECK(moved.algorithm() == hash_algorithm::sha256);
  CHECK(byte_view{sha256(as_bytes("abc"))}[0] == 0xba);
  CHECK(same(sha256({as_bytes("ab"), as_bytes("c")}), first.view()));
}

TEST_CASE("extending hashes the value and the measurement, for digests of any length") {
  for (const auto algorithm : {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha512}) {
    CAPTURE(to_string(algorithm));
    hasher one{algorithm};
    for (const std::size_t size : {std::size_t{0}, std::size_t{20}, std::size_t{32}, std::size_t{64}}) {
      digest value{bytes(digest_size(algorithm), 0xa5)};
      const bytes measured(size, 0x3c);
      const auto expected = hash(algorithm, {value.view(), measured});
      one.extend(value, measured);
      CHECK(value == expected);
    }
  }
}

TEST_CASE("a digest never holds more than it can, and an empty one equals no other") {
  const bytes long_value(100, 7);
  CHECK(digest{long_value}.size() == digest::max_size);
  CHECK(digest{}.empty());
  CHECK(digest{} != hash(hash_algorithm::sha1, as_bytes("")));
}

TEST_CASE("HMAC matches RFC 4231") {
  struct row {
    bytes key;
    bytes message;
    std::string_view sha256;
    std::string_view sha512;
  };
  const std::string big = "Test Using Larger Than Block-Size Key - Hash Key First";
  const row rows[] = {
      {bytes(20, 0x0b), to_bytes(as_bytes("Hi There")),
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d9"
       "14eeb"
       "61f1702e696c203a126854"},
      {to_bytes(as_bytes("Jefe")), to_bytes(as_bytes("what do ya want for nothing?")),
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab"
       "1a34d"
       "4a6b4b636e070a38bce737"},
      {bytes(131, 0xaa), to_bytes(as_bytes(big)),
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64"
       "f73f6"
       "3f0aec8b915a985d786598"},
  };
  for (const auto& row : rows) {
    CHECK(to_hex(hmac(hash_algorithm::sha256, row.key, {row.message}).view()) == row.sha256);
    CHECK(to_hex(hmac(hash_algorithm::sha512, row.key, {row.message}).view()) == row.sha512);
    const byte_view message{row.message};
    CHECK(to_hex(hmac(hash_algorithm::sha256, row.key, {message.first(3), message.subspan(3)}).view())
          == row.sha256);
  }
  // An empty key is a key of its own; OpenSSL could take it for "keep the previous key".
  CHECK(to_hex(hmac(hash_algorithm::sha256, {}, {}).view())
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
