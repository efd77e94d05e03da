#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tests/tpm/machines.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;
using testing::soft_tpm;

namespace {

constexpr std::size_t name_algorithm_at = 2;
constexpr std::size_t attributes_at = 4;

public_area with_attributes(const public_area& area, std::uint32_t attributes) {
  auto raw = area.raw();
  for (std::size_t i = 0; i < 4; ++i)
    raw[attributes_at + i] = static_cast<std::uint8_t>(attributes >> (24 - 8 * i));
  return parse_public_area(raw).value();
}

public_area with_u16(const public_area& area, std::size_t offset, std::uint16_t value) {
  auto raw = area.raw();
  raw[offset] = static_cast<std::uint8_t>(value >> 8U);
  raw[offset + 1] = static_cast<std::uint8_t>(value);
  return parse_public_area(raw).value();
}

} // namespace

TEST_CASE("the AKs of real machines and of our templates have the form of an AK") {
  for (const std::string machine : testing::machines) {
    const auto area = parse_sized_public_area(testing::read_test_data("vm/" + machine + "/ak.pub"));
    const auto ak = verify_ak_form(area.value());
    REQUIRE(ak.ok());
    CHECK(ak->name() == testing::read_test_data("vm/" + machine + "/ak.name"));
  }
  CHECK(verify_ak_form(soft_tpm{}.ak()).ok());
  CHECK(verify_ak_form(soft_tpm{ek_template::l2_p256, ak_template::rsa2048_rsassa}.ak()).ok());
}

TEST_CASE("check 03: an AK without one of its attributes, or with decrypt, is refused") {
  using namespace object_attribute;
  const auto ak = soft_tpm{}.ak();
  for (const auto bit : {restricted, sign, fixed_tpm, fixed_parent, sensitive_data_origin}) {
    CAPTURE(bit);
    CHECK(verify_ak_form(with_attributes(ak, ak.attributes() & ~bit)).fault().code == errc::denied);
  }
  CHECK(verify_ak_form(with_attributes(ak, ak.attributes() | decrypt)).fault().code == errc::denied);
  // What does not matter is not asked for.
  for (const auto bit : {user_with_auth, no_da})
    CHECK(verify_ak_form(with_attributes(ak, ak.attributes() & ~bit)).ok());
}

TEST_CASE("check 03: SHA-1 in an AK is refused") {
  const auto ak = soft_tpm{}.ak();
  const auto scheme_hash_at = ak.template_part().size() - 2 - 2 - 2;
  CHECK(verify_ak_form(with_u16(ak, name_algorithm_at, 0x0004)).fault().code == errc::denied);
  CHECK(verify_ak_form(with_u16(ak, scheme_hash_at, 0x0004)).fault().code == errc::denied);
  CHECK(verify_ak_form(with_u16(ak, scheme_hash_at, 0x000c)).ok());
}

TEST_CASE("an AK of another kind, without a scheme, or that is no key is refused") {
  const auto p384 = testing::area_of(
      with_u16(parse_public_area(template_of(ak_template::p256_ecdsa)).value(), 16, 0x0004).raw(),
      crypto::private_key::make_ec(crypto::curve::p384).pub());
  CHECK(verify_ak_form(p384).fault().code == errc::unsupported);
  CHECK(verify_ak_form(parse_public_area(template_of(ak_template::p256_ecdsa)).value()).fault().code
        == errc::malformed);
  const auto ak = soft_tpm{}.ak().raw();
  bytes no_scheme(ak.begin(), ak.begin() + 12);
  append(no_scheme, from_hex("0010").value());
  no_scheme.insert(no_scheme.end(), ak.begin() + 16, ak.end());
  CHECK(verify_ak_form(parse_public_area(no_scheme).value()).fault().code == errc::denied);
}

TEST_CASE("an AK of a record says why it is trusted, and its form is checked again") {
  const auto ak = soft_tpm{}.ak();
  const auto trusted = trust_recorded_ak(ak.raw());
  REQUIRE(trusted.ok());
  CHECK(trusted->why() == ak_trust::recorded);
  CHECK(trust_claimed_ak(trusted->ak()).why() == ak_trust::claimed);
  CHECK_FALSE(trust_recorded_ak({}).ok());
  CHECK_FALSE(trust_recorded_ak(soft_tpm{}.ek().raw()).ok());
  CHECK_FALSE(
      trust_recorded_ak(with_attributes(ak, ak.attributes() & ~object_attribute::restricted).raw()).ok());
}

TEST_CASE("EKs of all templates have the form of an EK, and give the node id") {
  for (const auto kind : {ek_template::l1_rsa2048, ek_template::l2_p256, ek_template::h3_p384}) {
    const soft_tpm tpm{kind};
    const auto ek = verify_ek_form(tpm.ek());
    REQUIRE(ek.ok());
    CHECK(ek->made_from() == kind);
    CHECK(ek->id().raw == crypto::sha256(tpm.ek().raw()));
    CHECK(ek->id() == node_id_of(tpm.ek()));
  }
  const auto file = testing::read_test_data("vm/grub-sb/ek.pub");
  const auto real = verify_ek_form(parse_sized_public_area(file).value());
  REQUIRE(real.ok());
  CHECK(real->made_from() == ek_template::l1_rsa2048);
}

TEST_CASE("check 02: an EK without one of its attributes, or that signs, is refused") {
  using namespace object_attribute;
  const auto ek = soft_tpm{}.ek();
  for (const auto bit : {restricted, decrypt, fixed_tpm, fixed_parent, sensitive_data_origin}) {
    CAPTURE(bit);
    CHECK(verify_ek_form(with_attributes(ek, ek.attributes() & ~bit)).fault().code == errc::denied);
  }
  CHECK(verify_ek_form(with_attributes(ek, ek.attributes() | sign)).fault().code == errc::denied);
}

TEST_CASE("check 02: an EK with a SHA-1 Name is refused") {
  const auto ek = soft_tpm{}.ek().raw();
  const std::size_t policy_at = 8;
  bytes raw(ek.begin(), ek.begin() + policy_at);
  raw[name_algorithm_at + 1] = 0x04;
  append(raw, from_hex("0000").value()); // no policy: that of SHA-256 would not even parse
  raw.insert(raw.end(), ek.begin() + policy_at + 2 + 32, ek.end());
  CHECK(verify_ek_form(parse_public_area(raw).value()).fault().code == errc::denied);
}

TEST_CASE("check 02: an EK that is not made from a TCG template is refused") {
  using namespace object_attribute;
  const auto ek = soft_tpm{}.ek();
  CHECK(verify_ek_form(with_attributes(ek, ek.attributes() | user_with_auth)).fault().code
        == errc::unsupported);
  auto other_policy = ek.raw();
  other_policy[12] ^= 1;
  CHECK(verify_ek_form(parse_public_area(other_policy).value()).fault().code == errc::unsupported);
  CHECK(verify_ek_form(parse_public_area(template_of(ek_template::l2_p256)).value()).fault().code
        == errc::malformed);
}
