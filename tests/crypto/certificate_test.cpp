#include "crypto/certificate_digests.hpp"
#include "crypto/digest.hpp"
#include "tests/crypto/lab_pki.hpp"
#include "tests/crypto/twins.hpp"

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

TEST_CASE("a certificate holds what its template gave") {
  auto what = node_template();
  what.common_name = "name\x1b[31m";
  what.dns_names = {"a.example", "b.example"};
  what.not_after = no_expiry;
  what.directory_names = {{std::string{oid::tpm_model}, "model"}};
  what.alternative_name = criticality::critical;
  const auto made = sign_with(pki().nodes, what);
  const auto& fields = made.fields();
  // Text that reaches a terminal must be safe for it.
  CHECK(fields.subject.find('\x1b') == std::string::npos);
  CHECK(fields.issuer == "CN=Test Issuer node");
  CHECK(fields.serial.size() == 20);
  CHECK(fields.not_before == what.not_before);
  CHECK(fields.not_after == no_expiry);
  CHECK(fields.spki == some_key().pub().spki());
  CHECK_FALSE(fields.is_ca);
  CHECK(fields.uris == what.uris);
  CHECK(fields.dns_names == what.dns_names);
  CHECK(fields.directory_names == what.directory_names);
  CHECK(fields.alternative_name == criticality::critical);
  CHECK(fields.extended_key_usages == what.extended_key_usages);
  CHECK(made.allows(oid::client_auth));
  CHECK_FALSE(made.allows(oid::server_auth));
  CHECK(fields.subject_key_id.size() == 20);
  CHECK(fields.authority_key_id == pki().nodes.cert().fields().subject_key_id);
  CHECK(made.key().spki() == fields.spki);
  CHECK(made.valid_at(what.not_before));
  CHECK(made.valid_at(no_expiry));
  CHECK_FALSE(made.valid_at(minus(what.not_before, 1)));
  CHECK_FALSE(made.is_self_signed());
  CHECK(pki().root.cert().is_self_signed());
  CHECK(pki().root.cert().fields().is_ca);
}

TEST_CASE("times before and after 2050 are read from their two encodings") {
  for (const std::uint64_t ms : {0ULL, 951'782'400'000ULL, 2'524'607'999'000ULL, 2'524'608'000'000ULL}) {
    auto what = node_template();
    what.not_before = wall_time{ms};
    what.not_after = no_expiry;
    CHECK(sign_with(pki().nodes, what).fields().not_before.milliseconds == ms);
  }
}

TEST_CASE("certificates survive DER, PEM and files with several of them") {
  const auto& cert = pki().nodes.cert();
  CHECK(certificate::from_der(cert.der()).value() == cert);
  CHECK(certificate::from_pem(cert.pem()).value() == cert);
  const auto file = cert.pem() + "and its root:\n" + pki().root.cert().pem();
  const auto both = certificate::from_file(as_bytes(file));
  REQUIRE(both.ok());
  CHECK(both->size() == 2);
  CHECK((*both)[1] == pki().root.cert());
  CHECK(certificate::from_file(cert.der())->front() == cert);
  CHECK_FALSE(certificate::from_pem(file).ok());
}

TEST_CASE("padding of NV memory is dropped, and only padding") {
  const auto& cert = pki().nodes.cert();
  for (const auto filler : bytes{0x00, 0xff}) {
    auto padded = cert.der();
    padded.resize(padded.size() + 100, filler);
    CHECK(certificate::from_padded_der(padded).value() == cert);
    CHECK(certificate::from_der(padded).fault().code == errc::malformed);
    padded[cert.der().size() + 50] = 1;
    CHECK_FALSE(certificate::from_padded_der(padded).ok());
  }
}

TEST_CASE("malformed certificates are faults, whatever their defect") {
  const auto der = pki().nodes.cert().der();
  for (std::size_t n = 0; n < der.size(); ++n)
    CHECK_FALSE(certificate::from_der(byte_view{der}.first(n)).ok());
  // With any single byte broken there is no crash, and a certificate that
  // still parses does not chain to the root.
  for (std::size_t i = 0; i < der.size(); ++i) {
    auto broken = der;
    broken[i] ^= 0x55U;
    const auto read = certificate::from_der(broken);
    if (read) CHECK_FALSE(*read == pki().nodes.cert());
  }
  CHECK(certificate::from_der(bytes(max_certificate_size + 1, 0x30)).fault().code == errc::limit);
  CHECK_FALSE(certificate::from_der(bytes(100, 0)).ok());
  CHECK_FALSE(certificate::from_file({}).ok());
  CHECK_FALSE(certificate::from_pem(some_key().pub().pem()).ok());
  CHECK_FALSE(certificate::from_file(as_bytes(some_key().pub().pem())).ok());
}

// If a denied certificate could be encoded in another way, it would be accepted again.
TEST_CASE("check 01: a certificate is read in one encoding only, whatever surrounds its signed part") {
  const auto& cert = pki().nodes.cert();
  const auto& der = cert.der();
  const auto refused = [](const bytes& other) {
    const auto padded = certificate::from_padded_der(other);
    const auto exact = certificate::from_der(other);
    return !padded && !exact && exact.fault().check.find("not DER") != std::string::npos;
  };
  CHECK(refused(with_longer_length(der)));
  CHECK(refused(with_indefinite_length(der)));
  // The length of the signature's BIT STRING takes one more byte, and the outer length is adjusted.
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, cert.native());
  const auto from_end = static_cast<std::size_t>(ASN1_STRING_length(signature)) + 3;
  REQUIRE(der[der.size() - from_end] == V_ASN1_BIT_STRING);
  auto longer = der;
  longer.insert(longer.end() - static_cast<std::ptrdiff_t>(from_end) + 1, 0x81);
  longer[3] = static_cast<std::uint8_t>(longer[3] + 1);
  REQUIRE(longer[3] != 0);
  CHECK(refused(longer));
  // The issuer decides about the encoding of the signed part, so that part is taken as it is.
  CHECK(certificate::from_der(der).ok());
}

TEST_CASE("check 01: a certificate and its twin under the same signature have the same digests") {
  const auto signed_by = [](const private_key& key) {
    return sign_certificate(node_template(), some_key().pub(), &pki().nodes.cert(), key).value();
  };
  const std::pair<curve, int> curves[] = {
      {curve::p256, NID_X9_62_prime256v1}, {curve::p384, NID_secp384r1}, {curve::p521, NID_secp521r1}};
  const auto has = [](const std::vector<bytes32>& all, const bytes& der) {
    return std::ranges::find(all, sha256(der)) != all.end();
  };
  for (const auto& [which, nid] : curves) {
    const auto key = private_key::make_ec(which);
    for (int i = 0; i < 8; ++i) { // the numbers of a signature sometimes have leading zeros
      const auto cert = signed_by(key);
      const auto twin = certificate::from_der(twin_of(cert, nid)).value();
      REQUIRE_FALSE(twin == cert);
      CHECK(X509_verify(twin.native(), key.native()) == 1);
      CHECK(digests_of(cert).front() == sha256(cert.der()));
      CHECK(has(digests_of(cert), twin.der()));
      CHECK(has(digests_of(twin), cert.der()));
      CHECK_FALSE(has(digests_of(signed_by(key)), cert.der()));
    }
  }
  const auto rsa = private_key::make_rsa(2048).value();
  CHECK(digests_of(signed_by(rsa)).size() == 1);
}

TEST_CASE("names that two readers could read in different ways are refused") {
  struct row {
    const char* why;
    std::string uri;
  };
  const row rows[] = {
      {"NUL inside", std::string{"muster:node:a\0b", 15}},
      {"blank inside", "muster:node:a b"},
      {"empty", ""},
      {"control character", "muster:node:\x01"},
      {"not ASCII", "muster:node:\xc3\xa4"},
      {"long", std::string(257, 'a')},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    auto what = node_template();
    what.uris = {row.uri};
    CHECK_FALSE(sign_certificate(what, some_key().pub(), &pki().nodes.cert(), pki().nodes.key()).ok());
  }
}

TEST_CASE("lists beyond their caps and repeated extensions are refused") {
  const auto refused = [](const certificate_template& what) {
    return !sign_certificate(what, some_key().pub(), &pki().nodes.cert(), pki().nodes.key()).ok();
  };
  auto what = node_template();
  what.uris.assign(max_certificate_entries + 1, "muster:node:x");
  CHECK(refused(what));
  what = node_template();
  what.directory_names.assign(max_certificate_entries + 1, {std::string{oid::tpm_model}, "m"});
  CHECK(refused(what));
  what = node_template();
  what.extended_key_usages.assign(max_certificate_entries + 1, std::string{oid::client_auth});
  CHECK(refused(what));
  what = node_template();
  //   SEQUENCE OF { uniformResourceIdentifier [6] "x" }
  what.others = {{"2.5.29.17", criticality::not_critical, {0x30, 0x03, 0x86, 0x01, 'x'}}};
  CHECK(refused(what));
  what = node_template();
  what.extended_key_usages = {};
  what.others = {{"2.5.29.37", criticality::not_critical, {0x30, 0x03, 0x02, 0x01, 0x05}}};
  CHECK(refused(what));
}
