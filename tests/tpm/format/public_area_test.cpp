#include "tests/tpm/format/hex.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/public_area.hpp"
#include "tpm/format/templates.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using namespace muster::tpm;

namespace {

// EKs of swtpm 0.7.1: P-256 from template L-2, P-384 from template H-3 (TPMT_PUBLIC).
const bytes ek_p256 =
    hex("0023000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa"
        "00060080004300100003001000203fb94ff076b85a6a597b6d399d6362e6f84bc0c36949351e7791260df88b"
        "4e590020c07c934a8d677d65e54e3cbc284a3c364ab6c3f208ed33ff43c898a551863c06");
const bytes ek_p384 =
    hex("0023000c000300f20030b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba"
        "09699646150f9fc000f3f80e12000601000043001000040010"
        "00304dbd260e75367854ae1de186688d7ada9d6c5e5655d8625327eb2ac0e2092777e85caa6b2f2afd071359"
        "d5bdf56341d8003008d178dd223c55b833cb5c88fb33f033a0f806b0d424944f871bb66c87c3dd4eac2bacc9"
        "43bd56fb267e149241b74bd3");

bytes with_u16(bytes area, std::size_t offset, std::uint16_t value) {
  area[offset] = static_cast<std::uint8_t>(value >> 8U);
  area[offset + 1] = static_cast<std::uint8_t>(value);
  return area;
}

} // namespace

TEST_CASE("the AK of every machine has the key and the Name that tpm2-tools printed") {
  for (const std::string machine : testing::machines) {
    CAPTURE(machine);
    const auto file = testing::read_test_data("vm/" + machine + "/ak.pub");
    const auto area = parse_sized_public_area(file);
    REQUIRE(area.ok());
    CHECK(area->type() == key_type::ecc);
    CHECK(area->has(object_attribute::restricted | object_attribute::sign));
    CHECK(area->scheme() == signing_scheme{signature_algorithm::ecdsa, hash_algorithm::sha256});
    CHECK_FALSE(area->symmetric().has_value());
    CHECK(area->rsa() == nullptr);
    CHECK(same(area->raw(), byte_view{file}.subspan(2)));
    CHECK(name_of(*area) == testing::read_test_data("vm/" + machine + "/ak.name"));
    const auto key = key_of(*area);
    REQUIRE(key.ok());
    const auto pem = testing::read_test_data("vm/" + machine + "/ak.pem");
    CHECK(key->spki() == crypto::public_key::from_pem(as_text(pem))->spki());
  }
}

TEST_CASE("the RSA EK of a machine is the key of its PEM file") {
  const auto area = parse_sized_public_area(testing::read_test_data("vm/grub-sb/ek.pub"));
  REQUIRE(area.ok());
  REQUIRE(area->rsa() != nullptr);
  CHECK(area->rsa()->bits == 2048);
  CHECK(area->rsa()->exponent == 0);
  CHECK(area->symmetric() == symmetric_scheme{128});
  const auto pem = testing::read_test_data("vm/grub-sb/ek.pem");
  CHECK(key_of(*area)->spki() == crypto::public_key::from_pem(as_text(pem))->spki());
}

TEST_CASE("EKs of both curves are read, and the Name uses the key's own algorithm") {
  const auto p256 = parse_public_area(ek_p256);
  const auto p384 = parse_public_area(ek_p384);
  REQUIRE(p256.ok());
  REQUIRE(p384.ok());
  CHECK(p256->ecc()->curve == ecc_curve::nist_p256);
  CHECK(p384->ecc()->curve == ecc_curve::nist_p384);
  CHECK(p384->symmetric() == symmetric_scheme{256});
  CHECK(key_of(*p256).ok());
  CHECK(key_of(*p384).ok());
  CHECK(name_of(*p256).size() == 2 + 32);
  CHECK(name_of(*p384).size() == 2 + 48);
}

TEST_CASE("a public area that is cut anywhere, or has a byte too many, is refused") {
  for (const auto& whole : {ek_p256, ek_p384, template_of(ak_template::rsa2048_rsassa)}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CAPTURE(length);
      CHECK_FALSE(parse_public_area(byte_view{whole}.first(length)).ok());
    }
    auto longer = whole;
    longer.push_back(0);
    CHECK(parse_public_area(longer).fault().code == errc::malformed);
  }
  CHECK(parse_public_area(bytes(public_area::max_size + 1)).fault().code == errc::limit);
}

TEST_CASE("a size prefix must match") {
  auto file = testing::read_test_data("vm/grub-sb/ak.pub");
  for (std::size_t length = 0; length < file.size(); ++length)
    CHECK_FALSE(parse_sized_public_area(byte_view{file}.first(length)).ok());
  file[1] = static_cast<std::uint8_t>(file[1] + 1);
  CHECK(parse_sized_public_area(file).fault().code == errc::malformed);
}

TEST_CASE("unknown fields are refused, not skipped") {
  struct row {
    const char* what;
    std::size_t offset;
    std::uint16_t value;
    errc code;
  };
  // Offsets are in the area of the P-256 EK, where the policy ends at 42.
  const row rows[]{
      {"type keyed hash", 0, 0x0008, errc::unsupported},
      {"name algorithm null", 2, 0x0010, errc::unsupported},
      {"policy that is no SHA-384 digest", 2, 0x000c, errc::malformed},
      {"cipher Camellia", 42, 0x0026, errc::unsupported},
      {"AES-111", 44, 111, errc::unsupported},
      {"mode CBC", 46, 0x0042, errc::unsupported},
      {"scheme RSASSA on a curve", 48, 0x0014, errc::unsupported},
      {"SM2 curve", 50, 0x0020, errc::unsupported},
      {"a KDF", 52, 0x0020, errc::unsupported},
  };
  REQUIRE(parse_public_area(ek_p256).ok());
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto area = parse_public_area(with_u16(ek_p256, r.offset, r.value));
    REQUIRE_FALSE(area.ok());
    CHECK(area.fault().code == r.code);
  }
}

TEST_CASE("an area that parses but is not a key is refused") {
  // A template, a point that is not on the curve, a modulus that is shorter than stated.
  const auto no_point = parse_public_area(template_of(ak_template::p256_ecdsa));
  const auto no_modulus = parse_public_area(template_of(ak_template::rsa2048_rsassa));
  const auto zeros = parse_public_area(template_of(ek_template::l2_p256));
  const auto zero_modulus = parse_public_area(template_of(ek_template::l1_rsa2048));
  auto off_curve_bytes = ek_p256;
  off_curve_bytes.back() ^= 1;
  const auto off_curve = parse_public_area(off_curve_bytes);
  auto short_modulus_bytes = to_bytes(byte_view{testing::read_test_data("vm/grub-sb/ek.pub")}.subspan(2));
  short_modulus_bytes[short_modulus_bytes.size() - 256] = 0;
  const auto short_modulus = parse_public_area(short_modulus_bytes);
  for (const auto* area : {&no_point, &no_modulus, &zeros, &zero_modulus, &off_curve, &short_modulus}) {
    REQUIRE(area->ok());
    CHECK_FALSE(key_of(**area).ok());
  }
}
