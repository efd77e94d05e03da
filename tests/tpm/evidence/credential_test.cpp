#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tests/tpm/machines.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;
using testing::soft_tpm;

namespace {

constexpr std::array templates{ek_template::l1_rsa2048, ek_template::l2_p256, ek_template::h3_p384};

/// Parses tpm2-tools' file: u32 0xbadcc0de, u32 version, TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET.
credential parse_tools_credential(const bytes& file) {
  cursor in{file};
  REQUIRE(in.u32_be() == 0xbadcc0de);
  REQUIRE(in.u32_be() == 1);
  const auto id_object = in.take(in.u16_be());
  const auto secret = in.take(in.u16_be());
  REQUIRE(in.done());
  return {to_bytes(id_object), to_bytes(secret)};
}

} // namespace

TEST_CASE("the software TPM of these tests opens a credential that tpm2-tools sealed") {
  const auto secret = testing::read_test_data("credential/secret");
  const auto name = testing::read_test_data("vm/grub-sb/ak.name");
  for (const std::string kind : {"l1", "l2", "h3"}) {
    CAPTURE(kind);
    const auto pem = testing::read_test_data("credential/" + kind + ".key.pem");
    const auto key = crypto::private_key::from_pem(as_text(pem));
    REQUIRE(key.ok());
    const auto ek = verify_ek_form(
        parse_sized_public_area(testing::read_test_data("credential/" + kind + ".pub")).value());
    REQUIRE(ek.ok());
    const auto theirs = parse_tools_credential(testing::read_test_data("credential/" + kind + ".cred"));
    CHECK(testing::activate(*key, ek->area(), name, theirs) == secret);

    // Our credential has the same shape, and opens the same way.
    const auto ours = make_credential(*ek, name, crypto::secret{secret});
    REQUIRE(ours.ok());
    CHECK(ours->id_object.size() == theirs.id_object.size());
    CHECK(ours->encrypted_secret.size() == theirs.encrypted_secret.size());
    CHECK(testing::activate(*key, ek->area(), name, *ours) == secret);
  }
}

TEST_CASE("check 02: only the TPM of the EK opens a credential, and only for an AK of that Name") {
  for (const auto kind : templates) {
    CAPTURE(std::string{to_string(kind)});
    const soft_tpm tpm{kind};
    const soft_tpm stranger{kind};
    const auto secret = crypto::make_secret(enrolment_secret_size);
    const auto sealed = make_credential(tpm.checked_ek(), tpm.checked_ak().name(), secret);
    REQUIRE(sealed.ok());
    CHECK(tpm.activate(*sealed) == to_bytes(secret.view()));
    CHECK_FALSE(stranger.activate(*sealed).has_value());
    const auto wrong_name = make_credential(tpm.checked_ek(), stranger.checked_ak().name(), secret);
    CHECK_FALSE(tpm.activate(*wrong_name).has_value());
  }
}

TEST_CASE("a changed credential is noticed by the TPM") {
  const soft_tpm tpm;
  const auto sealed =
      make_credential(tpm.checked_ek(), tpm.checked_ak().name(), crypto::make_secret(enrolment_secret_size));
  REQUIRE(sealed.ok());
  for (std::size_t i = 0; i < sealed->id_object.size(); ++i) {
    auto changed = *sealed;
    changed.id_object[i] ^= 1;
    CHECK_FALSE(tpm.activate(changed).has_value());
  }
}

TEST_CASE("no two credentials are equal, and a secret must fit") {
  const soft_tpm tpm;
  const auto ek = tpm.checked_ek();
  const auto name = tpm.checked_ak().name();
  const crypto::secret secret{bytes(32, 1)};
  const auto one = make_credential(ek, name, secret);
  const auto two = make_credential(ek, name, secret);
  CHECK(one->id_object != two->id_object);
  CHECK(one->encrypted_secret != two->encrypted_secret);
  CHECK(make_credential(ek, name, crypto::secret{bytes(33)}).fault().code == errc::limit);
  CHECK(make_credential(ek, name, crypto::secret{}).fault().code == errc::limit);
}
