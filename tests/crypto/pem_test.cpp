#include "crypto/pem.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

namespace {

const std::string one_block = "-----BEGIN THING-----\nAAEC\n-----END THING-----\n";

} // namespace

TEST_CASE("PEM blocks read back as they were written") {
  const bytes der{0, 1, 2};
  CHECK(to_pem("THING", der) == one_block);
  const auto block = parse_one_pem(one_block);
  REQUIRE(block.ok());
  CHECK(block->label == "THING");
  CHECK(block->der == der);
  const auto blocks = parse_pem("a word\n" + one_block + "between\n" + one_block);
  REQUIRE(blocks.ok());
  CHECK(blocks->size() == 2);
}

TEST_CASE("incomplete PEM text is refused") {
  struct row {
    const char* why;
    std::string text;
  };
  const row rows[] = {
      {"empty", ""},
      {"no block", "hello"},
      {"begun only", "-----BEGIN THING-----\nAAEC\n"},
      {"end of another", "-----BEGIN THING-----\nAAEC\n-----END OTHER-----\n"},
      {"not base64", "-----BEGIN THING-----\n!!!!\n-----END THING-----\n"},
      {"base64 of the wrong length", "-----BEGIN THING-----\nAAECA\n-----END THING-----\n"},
      {"no line feed", "-----BEGIN THING-----"},
      {"second block begun only", one_block + "-----BEGIN THING-----\nAAEC\n"},
      {"encrypted",
       "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAEC\n"
       "-----END RSA PRIVATE KEY-----\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK_FALSE(parse_pem(row.text).ok());
    CHECK_FALSE(parse_one_pem(row.text).ok());
  }
  CHECK_FALSE(parse_one_pem(one_block + one_block).ok());
  CHECK_FALSE(parse_one_pem("before\n" + one_block).ok());
  CHECK_FALSE(parse_one_pem(one_block + "behind").ok());
  std::string many;
  for (std::size_t i = 0; i <= max_pem_blocks; ++i)
    many += one_block;
  CHECK(parse_pem(many).fault().code == errc::limit);
  CHECK(parse_pem(std::string(max_pem_size + 1, 'x')).fault().code == errc::limit);
}
