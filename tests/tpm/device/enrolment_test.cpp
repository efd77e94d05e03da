// An agent's TPM operations for enrolment, tested against real software TPMs and the service's own checks.
#include "crypto/certificate.hpp"
#include "lab/manufacture.hpp"
#include "lab/powered_chip.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/lab/workshop.hpp"
#include "tpm/device/attestation.hpp"
#include "tpm/device/connection.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/device/non_volatile.hpp"
#include "tpm/evidence/credential.hpp"
#include "tpm/evidence/quote.hpp"

#include <cstdlib>
#include <fstream>

using namespace muster;
using namespace muster::tpm;
using namespace muster::test;

namespace {

/// Seals a credential for (`ek`, `ak`), and lets the TPM open it.
result<crypto::secret> activate(chip& tpm, const loaded_key& ek, const loaded_key& ak, byte_view name,
                                const crypto::secret& secret) {
  const auto sealed_for = must(verify_ek_form(must(parse_public_area(ek.public_area()))));
  const auto sealed = must(make_credential(sealed_for, name, secret));
  return activate_credential(tpm, ek, ak, sealed.id_object, sealed.encrypted_secret);
}

void check_activation(chip& tpm, const endorsement_key& ek) {
  const auto ak = must(load_attestation_key(tpm));
  const auto form = must(verify_ak_form(must(parse_public_area(ak.public_area()))));
  CHECK(same(form.name(), ak.name()));

  const auto secret = crypto::make_secret(enrolment_secret_size);
  const auto opened = activate(tpm, ek.key, ak, form.name(), secret);
  REQUIRE_MESSAGE(opened.ok(), why(opened));
  CHECK(crypto::equal_constant_time(opened->view(), secret.view()));

  auto another_name = form.name();
  another_name.back() ^= 1;
  const auto foreign = activate(tpm, ek.key, ak, another_name, secret);
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.fault().code == errc::mismatch);
}

void check_certificate(const endorsement_key& ek) {
  REQUIRE(ek.certificate.has_value());
  const auto certificate = must(crypto::certificate::from_der(*ek.certificate));
  const auto key = must(key_of(must(parse_public_area(ek.key.public_area()))));
  CHECK(same(certificate.key().spki(), key.spki()));
  CHECK(ek.skipped.empty());
}

void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream{path} << text; }

/// A TPM made by swtpm_setup, with a CA in its own folder. It has an RSA-2048 EK from template L-1 and a
/// P-384 EK from template H-3, both persistent and both with certificates.
lab::machine& set_up(workshop& place) {
  const auto folder = place.folder() / "setup";
  const auto ca = place.folder() / "ca";
  std::filesystem::create_directories(folder / "tpm");
  std::filesystem::create_directories(ca);
  write_text(ca / "setup.conf", "create_certs_tool = swtpm_localca\ncreate_certs_tool_config = "
                                    + (ca / "ca.conf").string() + "\ncreate_certs_tool_options = "
                                    + (ca / "ca.options").string() + "\nactive_pcr_banks = sha1,sha256\n");
  write_text(ca / "ca.conf", "statedir = " + ca.string() + "\nsigningkey = " + (ca / "key.pem").string()
                                 + "\nissuercert = " + (ca / "issuer.pem").string()
                                 + "\ncertserial = " + (ca / "serial").string() + "\n");
  write_text(ca / "ca.options",
             "--platform-manufacturer Lab\n--platform-version 1.0\n--platform-model Bench\n");
  const auto command = "swtpm_setup --tpm2 --tpm-state dir://" + (folder / "tpm").string() + " --config "
                       + (ca / "setup.conf").string() + " --create-ek-cert --overwrite >"
                       + (ca / "log").string() + " 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  return place.keep(lab::machine::adopt(folder, "setup"));
}

} // namespace

TEST_CASE("a TPM with a P-256 EK certificate enrols with that key") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  CHECK(ek.kind == ek_template::l2_p256);
  CHECK(ek.key.persistent_handle() == 0);
  check_certificate(ek);
  REQUIRE(ek.chain.size() == 1);
  CHECK(ek.chain.front() == place.vendor().chain());
  check_activation(chip, ek);
}

TEST_CASE("a TPM with an RSA-2048 EK certificate enrols with that key") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::rsa2048);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  CHECK(ek.kind == ek_template::l1_rsa2048);
  check_certificate(ek);
  check_activation(chip, ek);
}

TEST_CASE("a TPM with a P-384 EK certificate alone enrols with that key, under a password") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::p384);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  CHECK(ek.kind == ek_template::h3_p384);
  CHECK(ek.key.persistent_handle() == 0);
  check_certificate(ek);
  check_activation(chip, ek);
}

TEST_CASE("an RSA-2048 AK is activated like any other, and its RSASSA quotes verify") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  const auto ak = must(create_endorsement_primary(chip, template_of(ak_template::rsa2048_rsassa)));
  const auto form = must(verify_ak_form(must(parse_public_area(ak.public_area()))));
  const auto secret = crypto::make_secret(enrolment_secret_size);
  const auto opened = activate(chip, ek.key, ak, form.name(), secret);
  REQUIRE_MESSAGE(opened.ok(), why(opened));
  CHECK(crypto::equal_constant_time(opened->view(), secret.view()));

  pcr_selection wanted;
  must(wanted.add(hash_algorithm::sha256, pcr_mask(0, 14)));
  const auto values = must(read_pcrs(chip, wanted));
  const auto extra = crypto::make_nonce();
  auto made = must(quote(chip, ak, extra, wanted));
  const auto trusted = must(trust_recorded_ak(ak.public_area()));
  const auto verified = must(verify_quote({made.attest, made.signature}, trusted, binding{extra}, wanted));
  CHECK(verify_pcr_values(verified, values).ok());
  made.signature.back() ^= 1U;
  CHECK_FALSE(verify_quote({made.attest, made.signature}, trusted, binding{extra}, wanted).ok());
}

TEST_CASE("a TPM without an EK certificate enrols with the P-256 key of template L-2") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::none);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ek = must(load_endorsement_key(chip));
  CHECK(ek.kind == ek_template::l2_p256);
  CHECK_FALSE(ek.certificate.has_value());
  CHECK(ek.chain.empty());
  CHECK(ek.skipped.empty());
  check_activation(chip, ek);
}

TEST_CASE(
    "with RSA-2048 and P-384 certificates RSA-2048 is chosen, and its persistent key under PolicySecret") {
  workshop place;
  auto& machine = set_up(place);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto certificates = must(read_ek_certificates(chip));
  REQUIRE(certificates.found.size() == 2);
  CHECK(certificates.found[0].kind == ek_template::l1_rsa2048);
  CHECK(certificates.found[1].kind == ek_template::h3_p384);
  {
    const auto ek = must(load_endorsement_key(chip));
    CHECK(ek.kind == ek_template::l1_rsa2048);
    CHECK(ek.key.persistent_handle() == 0x81010001);
    check_certificate(ek);
    check_activation(chip, ek);
  }
  SUBCASE("without it the P-384 key, under a password") {
    must(nv_undefine(chip, nv_authority::platform, certificate_index(ek_template::l1_rsa2048)));
    const auto ek = must(load_endorsement_key(chip));
    CHECK(ek.kind == ek_template::h3_p384);
    CHECK(ek.key.persistent_handle() == 0x81010016);
    check_certificate(ek);
    check_activation(chip, ek);
  }
}

TEST_CASE("a certificate that belongs to no key of this TPM is skipped and reported") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::none);
  auto& other = place.create("other");
  must(other.boot({}));
  bytes foreign;
  {
    auto chip = open_chip(other);
    foreign = *must(load_endorsement_key(chip)).certificate;
  }
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto index = certificate_index(ek_template::l2_p256);
  must(nv_define(chip, nv_authority::platform, index, nv_readers::anybody, foreign.size()));
  must(nv_write(chip, nv_authority::platform, index, foreign));
  const auto ek = must(load_endorsement_key(chip));
  CHECK_FALSE(ek.certificate.has_value());
  REQUIRE(ek.skipped.size() == 1);
  CHECK(ek.skipped.front().find("0x01c0000a") != std::string::npos);
}

TEST_CASE("check 46: an index that is all ff, all 00, empty or never written is skipped for the good one of "
          "another kind") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::rsa2048);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto index = certificate_index(ek_template::l2_p256);
  for (const auto& content : {bytes(1200, 0xff), bytes(1200, 0x00), bytes{0x10, 0x01, 0x00}, bytes{}}) {
    CAPTURE(to_hex(byte_view{content}.first(std::min<std::size_t>(content.size(), 4))));
    must(nv_define(chip, nv_authority::platform, index, nv_readers::anybody, 1200));
    if (!content.empty()) must(nv_write(chip, nv_authority::platform, index, content));
    {
      const auto ek = must(load_endorsement_key(chip));
      CHECK(ek.kind == ek_template::l1_rsa2048);
      CHECK(ek.certificate.has_value());
      REQUIRE(ek.skipped.size() == 1);
      CHECK(ek.skipped.front().find("0x01c0000a") != std::string::npos);
    }
    must(nv_undefine(chip, nv_authority::platform, index));
  }
}

TEST_CASE("an EK certificate under the TCG's header, and padded, is the machine's") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto index = certificate_index(ek_template::l2_p256);
  const auto der = *must(load_endorsement_key(chip)).certificate;
  must(nv_undefine(chip, nv_authority::platform, index));
  writer stored;
  stored.u16_be(0x1001).u8(0).u16_be(static_cast<std::uint16_t>(der.size() + 2)).u16_be(0x1002).put(der);
  auto content = stored.take();
  content.resize(content.size() + 200, 0xff);
  must(nv_define(chip, nv_authority::platform, index, nv_readers::anybody, content.size()));
  must(nv_write(chip, nv_authority::platform, index, content));
  const auto ek = must(load_endorsement_key(chip));
  check_certificate(ek);
  CHECK(*ek.certificate == der);
}

// An index with the owner's password is one of those that cannot be read now.
TEST_CASE("check 46: an index that cannot be read is skipped for a good one; with none, the machine does not "
          "enrol as another") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::rsa2048);
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto index = certificate_index(ek_template::l2_p256);
  must(nv_define(chip, nv_authority::owner, index, nv_readers::owner, 64));
  must(nv_write(chip, nv_authority::owner, index, bytes(64, 0x30)));
  TPM2B_AUTH password{4, {'l', 'a', 'b', '!'}};
  REQUIRE(Esys_HierarchyChangeAuth(esys(chip), ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                   &password)
          == TSS2_RC_SUCCESS);
  // Another program does not know the password.
  const TPM2B_AUTH none{};
  REQUIRE(Esys_TR_SetAuth(esys(chip), ESYS_TR_RH_OWNER, &none) == TSS2_RC_SUCCESS);
  {
    const auto ek = must(load_endorsement_key(chip));
    CHECK(ek.kind == ek_template::l1_rsa2048);
    REQUIRE(ek.skipped.size() == 1);
    CHECK(ek.skipped.front().find("0x01c0000a") != std::string::npos);
  }
  must(nv_undefine(chip, nv_authority::platform, certificate_index(ek_template::l1_rsa2048)));
  const auto none_left = load_endorsement_key(chip);
  REQUIRE_FALSE(none_left.ok());
  CHECK(none_left.fault().code == errc::denied);
  CHECK(none_left.fault().check.find("NV index") != std::string::npos);
}

TEST_CASE(
    "an index of the chain that is erased or has something else takes no certificate of another one away") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  for (const auto& [index, content] :
       {std::pair{first_chain_index + 8, bytes(300, 0xff)}, std::pair{first_chain_index + 9, bytes{1, 2, 3}},
        std::pair{first_chain_index + 10, place.vendor().chain()}}) {
    must(nv_define(chip, nv_authority::platform, index, nv_readers::anybody, content.size()));
    must(nv_write(chip, nv_authority::platform, index, content));
  }
  must(nv_define(chip, nv_authority::platform, first_chain_index + 11, nv_readers::anybody,
                 32)); // never written
  const auto ek = must(load_endorsement_key(chip));
  CHECK(ek.chain == std::vector<bytes>{place.vendor().chain(), place.vendor().chain()});
  CHECK(ek.skipped.size() == 3);
}

TEST_CASE("a quote verifies, and covers the PCR values that were read before it") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  const auto ak = must(load_attestation_key(chip));
  pcr_selection wanted;
  must(wanted.add(hash_algorithm::sha256, pcr_mask(0, 14)));
  must(wanted.add(hash_algorithm::sha1, pcr_mask(0, 9)));
  const auto values = must(read_pcrs(chip, wanted));
  CHECK(values.present() == wanted);
  const auto extra = crypto::make_nonce();
  const auto made = must(quote(chip, ak, extra, wanted));

  const auto trusted = must(trust_recorded_ak(ak.public_area()));
  const auto verified = must(verify_quote({made.attest, made.signature}, trusted, binding{extra}, wanted));
  CHECK(verify_pcr_values(verified, values).ok());
  CHECK(verified.clock().reset_count == must(read_clock(chip)).reset_count);
  CHECK(verified.firmware_version() == must(read_identity(chip)).firmware);

  const auto other =
      verify_quote({made.attest, made.signature}, trusted, binding{crypto::make_nonce()}, wanted);
  CHECK(other.fault().code == errc::mismatch);
  CHECK(quote(chip, ak, bytes(33), wanted).fault().code == errc::limit);
}

TEST_CASE("a TPM without a SHA-256 bank quotes nothing of it, which is refused; its own bank verifies") {
  workshop place;
  place.create("m");
  must(lab::set_banks(place.folder() / "m", {hash_algorithm::sha384}));
  auto powered = must(lab::powered_chip::power_on(place.folder() / "m"));
  auto& chip = powered.chip();
  const auto ak = must(load_attestation_key(chip));
  const auto trusted = must(trust_recorded_ak(ak.public_area()));
  const auto extra = crypto::make_nonce();
  const auto verified_in = [&](hash_algorithm bank) -> status {
    pcr_selection wanted;
    must(wanted.add(bank, pcr_mask(0, 14)));
    const auto made = must(quote(chip, ak, extra, wanted));
    const auto verified = verify_quote({made.attest, made.signature}, trusted, binding{extra}, wanted);
    if (!verified) return verified.fault();
    return {};
  };
  const auto refused = verified_in(hash_algorithm::sha256);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().check.starts_with("quote: "));
  const auto own = verified_in(hash_algorithm::sha384);
  CHECK_MESSAGE(own.ok(), why(own));
}

TEST_CASE("PCRs of a bank that the TPM does not have are left out") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  auto chip = open_chip(machine);
  pcr_selection wanted;
  must(wanted.add(hash_algorithm::sha512, pcr_mask(0, 23)));
  must(wanted.add(hash_algorithm::sha256, pcr_mask(10, 10)));
  const auto values = must(read_pcrs(chip, wanted));
  CHECK(values.get(hash_algorithm::sha512, 0).empty());
  CHECK(values.get(hash_algorithm::sha256, 10).size() == 32);
}
