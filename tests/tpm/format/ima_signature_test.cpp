#include "messages/vocabulary/writer.hpp"
#include "tpm/format/ima_signature.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

bytes attribute(std::uint8_t type, std::uint8_t version, std::uint8_t algorithm, std::size_t stated,
                std::size_t present) {
  writer out;
  out.u8(type).u8(version).u8(algorithm).u32_be(0x01020304).u16_be(static_cast<std::uint16_t>(stated));
  out.put(bytes(present, 0xab));
  return out.take();
}

} // namespace

TEST_CASE("a signature in security.ima is read by the kernel's layout") {
  const auto file = attribute(3, 2, 4, 256, 256);
  const auto read = parse_ima_signature(file);
  REQUIRE(read.ok());
  CHECK(read->kind == ima_signature_kind::file_digest);
  CHECK(read->algorithm == hash_algorithm::sha256);
  CHECK(read->key_id == 0x01020304);
  CHECK(read->signature.size() == 256);

  const auto verity_attribute = attribute(6, 3, 6, 71, 71);
  const auto verity = parse_ima_signature(verity_attribute);
  REQUIRE(verity.ok());
  CHECK(verity->kind == ima_signature_kind::verity_digest);
  CHECK(verity->algorithm == hash_algorithm::sha512);
  CHECK(verity->kernel_algorithm == 6);
}

TEST_CASE("bytes that are not exactly a signature are refused") {
  struct row {
    const char* what;
    bytes input;
    errc code;
  };
  const row rows[] = {
      {"nothing", {}, errc::malformed},
      {"cut off in its head", bytes{3, 2, 4, 1}, errc::malformed},
      {"shorter than it says", attribute(3, 2, 4, 256, 255), errc::malformed},
      {"longer than it says", attribute(3, 2, 4, 256, 257), errc::malformed},
      {"empty", attribute(3, 2, 4, 0, 0), errc::malformed},
      {"over the cap", attribute(3, 2, 4, max_ima_signature + 1, max_ima_signature + 1), errc::malformed},
      {"a digest, signed by nobody", attribute(4, 4, 4, 8, 8), errc::unsupported},
      {"version 1", attribute(3, 1, 4, 8, 8), errc::unsupported},
      {"a file's type with the version of fs-verity", attribute(3, 3, 4, 8, 8), errc::unsupported},
      {"fs-verity's type with the version of files", attribute(6, 2, 4, 8, 8), errc::unsupported},
      {"MD5", attribute(3, 2, 1, 8, 8), errc::unsupported},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    const auto read = parse_ima_signature(one.input);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == one.code);
  }
}
