#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/templates.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

const std::string policy_a = "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";
const std::string policy_b_384 = "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4"
                                 "cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12";

// PolicySecret(TPM_RH_ENDORSEMENT), empty policyRef (TPM 2.0 Part 3, 23.4.1).
crypto::digest policy_secret_of_endorsement(hash_algorithm algorithm) {
  const bytes start(digest_size(algorithm));
  const auto command = writer{}.u32_be(0x00000151).u32_be(0x4000000b).take();
  const auto once = crypto::hash(algorithm, {start, command});
  return crypto::hash(algorithm, once.view());
}

} // namespace

TEST_CASE("AK templates match the protocol") {
  CHECK(to_hex(template_of(ak_template::p256_ecdsa))
        == "0023000b0005047200000010"
           "0018000b0003001000000000");
  CHECK(to_hex(template_of(ak_template::rsa2048_rsassa))
        == "0001000b0005047200000010"
           "0014000b0800000000000000");
}

TEST_CASE("EK templates match the TCG's") {
  CHECK(to_hex(template_of(ek_template::l1_rsa2048))
        == "0001000b000300b20020" + policy_a + "000600800043" + "0010" + "080000000000" + "0100"
               + std::string(512, '0'));
  CHECK(to_hex(template_of(ek_template::l2_p256))
        == "0023000b000300b20020" + policy_a + "000600800043" + "0010" + "00030010" + "0020"
               + std::string(64, '0') + "0020" + std::string(64, '0'));
  CHECK(to_hex(template_of(ek_template::h3_p384))
        == "0023000c000300f20030" + policy_b_384 + "000601000043" + "0010" + "00040010" + "00000000");
  CHECK(to_hex(policy_secret_of_endorsement(hash_algorithm::sha256).view()) == policy_a);
}

TEST_CASE("an EK is recognised by its whole area except the key") {
  const auto file = testing::read_test_data("vm/grub-sb/ek.pub");
  const auto genuine = to_bytes(byte_view{file}.subspan(2));
  CHECK(ek_template_from(*parse_public_area(genuine)) == ek_template::l1_rsa2048);
  for (const auto kind : all_ek_templates)
    CHECK(ek_template_from(*parse_public_area(template_of(kind))) == kind);

  // Every bit before the unique field counts; what still parses is another template.
  const auto fixed = parse_public_area(genuine)->template_part().size();
  for (std::size_t bit = 0; bit < 8 * fixed; ++bit) {
    auto changed = genuine;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    if (const auto area = parse_public_area(changed); area.ok())
      CHECK_FALSE(ek_template_from(*area).has_value());
  }
  CHECK_FALSE(ek_template_from(*parse_public_area(template_of(ak_template::p256_ecdsa))).has_value());
}
