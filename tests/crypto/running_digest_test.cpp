#include "crypto/running_digest.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

TEST_CASE("a digest over pieces equals the digest over the whole, in every algorithm") {
  const std::string text(100'000, 'x');
  for (const auto algorithm : {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                               hash_algorithm::sha512, hash_algorithm::sm3_256}) {
    if (!supported(algorithm)) continue;
    auto running = running_digest::make(algorithm);
    REQUIRE(running.ok());
    for (std::size_t at = 0; at < text.size(); at += 999)
      running->update(as_bytes(std::string_view{text}.substr(at, 999)));
    CHECK(running->finish() == hash(algorithm, as_bytes(text)));
  }
}

TEST_CASE("MD5 is the MD5 of packagers (RFC 1321, A.5)") {
  auto running = running_digest::make_md5();
  REQUIRE(running.ok());
  running->update(as_bytes("message "));
  running->update(as_bytes("digest"));
  CHECK(to_hex(running->finish().view()) == "f96b697d7cb7938d525a2f31aaf161d0");
}
