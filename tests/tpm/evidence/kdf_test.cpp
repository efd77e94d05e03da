#include "tpm/evidence/kdf.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

bytes rising_bytes(std::uint8_t from) {
  bytes out(32);
  for (auto& octet : out)
    octet = from++;
  return out;
}

} // namespace

// These vectors were computed independently, from the formulas of the specification.
TEST_CASE("KDFa matches the specification's formula") {
  auto name = from_hex("000b").value();
  append(name, rising_bytes(0xa0));
  CHECK(to_hex(kdfa(hash_algorithm::sha256, rising_bytes(0), "STORAGE", name, {}, 128).view())
        == "9320118b011ccd8738f7e77c22c0dd49");
  CHECK(to_hex(kdfa(hash_algorithm::sha256, rising_bytes(0), "INTEGRITY", {}, {}, 512).view())
        == "d46791dd29362215dde127cc788fa5429ca2b999d5b065c0d7c2035dd1537d43278aad03e3b43947cb849dde7b8648d07"
           "baafa38888e2000759a5ebe1a2a65a2");
}

TEST_CASE("KDFe matches the specification's formula") {
  CHECK(
      to_hex(kdfe(hash_algorithm::sha384, bytes(48), "IDENTITY", bytes(48, 1), bytes(48, 2), 384).view())
      == "aa76859eb4701ce3f0d2ad3a9db2965a2c71a56cefcbe6b5d442f78156d209107a91d9d2df667a7891d9e53b249968e5");
  CHECK(to_hex(kdfe(hash_algorithm::sha256, bytes(32), "IDENTITY", bytes(32, 1), bytes(32, 2), 264).view())
        == "b6cd591f05615fc989d4ad97f30d35ecf0e4ccebc21f5be682f85daa19d62ef467");
}
