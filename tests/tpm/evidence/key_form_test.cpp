#include "messages/vocabulary/writer.hpp"
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

/// The area with one or both coordinates without leading zeros, as written by an old TPM or by a program that
/// passes the area on.
bytes without_leading_zeros(const public_area& area, bool of_x, bool of_y) {
  const auto stripped = [](byte_view number, bool strip) {
    while (strip && number.size() > 1 && number.front() == 0)
      number = number.subspan(1);
    return number;
  };
  return writer{}
      .put(area.template_part())
      .sized16(stripped(area.ecc()->x, of_x))
      .sized16(stripped(area.ecc()->y, of_y))
      .take();
}

/// A key of `key_template` whose coordinates both begin with a zero, as for one key in 65,536.
public_area area_with_zeros(const bytes& key_template) {
  const auto x = from_hex("008000000000000000000000000000000000000000000000000000000000303e").value();
  const auto y = from_hex("0068a5f1f8fbfb5db070bb35164c5ebd215d3fd328f11c82bc33df79ee421f24").value();
  return testing::area_of(key_template, crypto::public_key::from_ec_point(crypto::curve::p256, x, y).value());
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
  // Attributes that do not matter are not required.
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

TEST_CASE("check 03: a stronger AK is one as well, and a weaker one is not") {
  const auto p384 = testing::area_of(
      with_u16(parse_public_area(template_of(ak_template::p256_ecdsa)).value(), 16, 0x0004).raw(),
      crypto::private_key::make_ec(crypto::curve::p384).pub());
  CHECK(verify_ak_form(p384).ok());
  const auto rsa = parse_public_area(template_of(ak_template::rsa2048_rsassa)).value();
  const auto bits_at = rsa.template_part().size() - 6;
  const auto of_bits = [&](std::uint16_t bits) {
    return testing::area_of(with_u16(rsa, bits_at, bits).raw(),
                            crypto::private_key::make_rsa(bits).value().pub());
  };
  CHECK(verify_ak_form(of_bits(3072)).ok());
  CHECK(verify_ak_form(of_bits(1024)).fault().code == errc::unsupported);
  // No library verifies a signature over SM3 here.
  CHECK(verify_ak_form(with_u16(p384, 14, 0x0012)).fault().code == errc::unsupported);
}

TEST_CASE("an AK without a scheme, and an area that is not a key, are refused") {
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
  for (const auto kind : all_ek_templates) {
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

// With two encodings of one EK a machine would have two ids, one revoked and one trusted.
TEST_CASE("check 40: one EK has one id, however its public area is encoded") {
  const auto padded = area_with_zeros(template_of(ek_template::l2_p256));
  const auto id = verify_ek_form(padded).value().id();
  CHECK(id.raw == crypto::sha256(padded.raw()));
  for (const auto& [of_x, of_y] : {std::pair{true, false}, {false, true}, {true, true}}) {
    const auto other = parse_public_area(without_leading_zeros(padded, of_x, of_y)).value();
    REQUIRE_FALSE(other == padded);
    const auto ek = verify_ek_form(other);
    REQUIRE(ek.ok()); // an old TPM is not an attacker
    CHECK(ek->id() == id);
    CHECK(ek->area() == padded); // the form that is stored and hashed from here on
    CHECK(node_id_of(other) == id);
  }
  // A coordinate longer than the field is refused.
  auto longer = writer{}.put(padded.template_part()).sized16(bytes(33)).sized16(padded.ecc()->y).take();
  CHECK_FALSE(parse_public_area(longer).ok());

  // x = 5, and x + p, which is the same element of the field.
  const auto y = from_hex("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc").value();
  auto five = bytes(32);
  five[31] = 5;
  const auto beyond = from_hex("ffffffff00000001000000000000000000000001000000000000000000000004").value();
  const auto at = [&](const bytes& x) {
    return verify_ek_form(
        parse_public_area(writer{}.put(padded.template_part()).sized16(x).sized16(y).take()).value());
  };
  CHECK(at(five).ok());
  CHECK_FALSE(at(beyond).ok());
}

TEST_CASE("check 40: the EK with the other y is known by its id") {
  const auto padded = area_with_zeros(template_of(ek_template::l2_p256));
  auto five = bytes(32);
  five[31] = 5;
  const auto with = [&](std::string_view y) {
    return verify_ek_form(
               parse_public_area(
                   writer{}.put(padded.template_part()).sized16(five).sized16(from_hex(y).value()).take())
                   .value())
        .value();
  };
  const auto one = with("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
  const auto other = with("ba6dbc4555a7e7fa016ec431667e8521ee35afc49b265c3accbea3f7cdb70433");
  CHECK(one.id() != other.id());
  CHECK(one.mirrored_id() == other.id());
  CHECK(other.mirrored_id() == one.id());
  CHECK_FALSE(verify_ek_form(soft_tpm{ek_template::l1_rsa2048}.ek()).value().mirrored_id());
}

TEST_CASE("check 40: an RSA EK has only one accepted encoding") {
  const auto area = soft_tpm{ek_template::l1_rsa2048}.ek();
  REQUIRE(verify_ek_form(area).ok());
  const auto with = [&](std::uint32_t exponent, const bytes& modulus) -> result<ek_public> {
    auto head = to_bytes(area.template_part());
    for (int i = 0; i < 4; ++i)
      head[head.size() - 4 + static_cast<std::size_t>(i)] =
          static_cast<std::uint8_t>(exponent >> (24 - 8 * i));
    auto parsed = parse_public_area(writer{}.put(head).sized16(modulus).take());
    if (!parsed) return parsed.fault();
    return verify_ek_form(*std::move(parsed));
  };
  const auto& modulus = area.rsa()->modulus;
  CHECK(with(0, modulus).value().id() == node_id_of(area));
  CHECK_FALSE(with(65537, modulus).ok()); // the default, stated explicitly
  CHECK_FALSE(with(3, modulus).ok());
  auto longer = modulus;
  longer.insert(longer.begin(), 0);
  CHECK_FALSE(with(0, longer).ok());
  CHECK_FALSE(with(0, bytes(modulus.begin() + 1, modulus.end())).ok());
}

TEST_CASE("check 40: an AK in another encoding is not a key of this TPM") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto area = testing::area_of(template_of(ek_template::l2_p256), key.pub());
  const auto ek = verify_ek_form(area).value();
  const auto ak = area_with_zeros(template_of(ak_template::p256_ecdsa));
  const auto written =
      verify_ak_form(parse_public_area(without_leading_zeros(ak, true, true)).value()).value();
  // The TPM compares the Name in the credential with the Name of its own key.
  const auto activated = [&](byte_view name) {
    const crypto::secret secret{bytes(32, 1)};
    return testing::activate(key, area, name_of(ak), make_credential(ek, name, secret).value()).has_value();
  };
  CHECK(activated(name_of(ak)));
  CHECK_FALSE(activated(written.name()));
}

TEST_CASE("check 02: an EK that lacks one of its attributes, or that signs, is refused") {
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
  append(raw, from_hex("0000").value()); // no policy, because that of SHA-256 would not even parse
  raw.insert(raw.end(), ek.begin() + policy_at + 2 + 32, ek.end());
  CHECK(verify_ek_form(parse_public_area(raw).value()).fault().code == errc::denied);
}

TEST_CASE("check 02: an EK that was not made from a TCG template is refused") {
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
