#include "crypto/digest.hpp"
#include "tests/crypto/lab_pki.hpp"

#include <algorithm>

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

constexpr tpm_manufacturer_id intel{0x494e5443};

const ek_issuer& vendor() {
  static const auto one = ek_issuer::make("Test", for_years(20)).value();
  return one;
}

vendor_store store_of(const std::vector<certificate>& cas) {
  std::vector<named_bytes> files;
  for (const auto& ca : cas)
    files.push_back({"ca.der", ca.der()});
  return vendor_store::make(files);
}

const vendor_store& store() {
  static const auto one = store_of({vendor().root(), vendor().intermediate()});
  return one;
}

/// Like that of a real chip; tests spoil it.
certificate_template ek_template() {
  certificate_template out;
  out.not_before = now;
  out.not_after = no_expiry;
  out.key_usage = key_usage::agreement;
  out.extended_key_usages = {std::string{oid::tcg_ek_certificate}};
  out.directory_names = {{std::string{oid::tpm_manufacturer}, "id:494E5443"},
                         {std::string{oid::tpm_model}, "Model"},
                         {std::string{oid::tpm_version}, "id:00010002"}};
  out.alternative_name = criticality::critical;
  return out;
}

certificate ek_with(const certificate_template& what, const public_key& key = some_key().pub()) {
  return sign_certificate(what, key, &vendor().intermediate(), vendor().key()).value();
}

/// Empty if verified, else the code of the fault.
std::optional<errc> ek_outcome(const certificate& leaf, const ek_policy& policy = {},
                               wall_time at = plus(now, day)) {
  const auto verified = verify_ek_certificate(leaf, {}, store(), policy, at);
  if (verified) return std::nullopt;
  return verified.fault().code;
}

} // namespace

TEST_CASE("check 01: an EK certificate of a pinned vendor is accepted, and identifies its chip") {
  const tpm_description chip{intel, "Model", "id:00010002"};
  const auto leaf = vendor().issue(some_key().pub(), chip, now).value();
  CHECK(leaf.fields().subject.empty());
  CHECK(leaf.fields().not_after == no_expiry);
  const auto verified = verify_ek_certificate(leaf, {}, store(), {}, plus(now, 100 * year));
  REQUIRE(verified.ok());
  CHECK(verified->manufacturer() == intel);
  CHECK(verified->model() == "Model");
  CHECK(verified->version() == "id:00010002");
  CHECK(verified->key().spki() == some_key().pub().spki());
  CHECK(verified->certificates().size() == 3);
  CHECK(verified->certificates()[2] == vendor().root());
  CHECK(ek_outcome(ek_with(ek_template())) == std::nullopt);

  const auto again =
      ek_issuer::from_pem(vendor().root().pem(), vendor().intermediate().pem(), vendor().key().pem());
  REQUIRE(again.ok());
  CHECK(ek_outcome(again->issue(some_key().pub(), chip, now).value()) == std::nullopt);
  CHECK_FALSE(
      ek_issuer::from_pem(vendor().root().pem(), vendor().intermediate().pem(), some_key().pem()).ok());
}

TEST_CASE("check 01: each part of the profile is required") {
  struct row {
    const char* why;
    errc code;
    void (*spoil)(certificate_template&);
  };
  const row rows[] = {
      {"no extended key usage", errc::denied, [](certificate_template& t) { t.extended_key_usages.clear(); }},
      {"any usage instead", errc::denied,
       [](certificate_template& t) { t.extended_key_usages = {std::string{oid::any_extended_key_usage}}; }},
      {"client usage instead", errc::denied,
       [](certificate_template& t) { t.extended_key_usages = {std::string{oid::client_auth}}; }},
      {"a CA", errc::denied, [](certificate_template& t) { t.is_ca = true; }},
      {"no alternative name", errc::denied, [](certificate_template& t) { t.directory_names.clear(); }},
      {"no manufacturer", errc::denied,
       [](certificate_template& t) { t.directory_names.erase(t.directory_names.begin()); }},
      {"no model", errc::denied,
       [](certificate_template& t) { t.directory_names.erase(t.directory_names.begin() + 1); }},
      {"no version", errc::denied, [](certificate_template& t) { t.directory_names.pop_back(); }},
      {"two manufacturers", errc::denied,
       [](certificate_template& t) {
         t.directory_names.push_back({std::string{oid::tpm_manufacturer}, "id:49465800"});
       }},
      {"alternative name not critical, and no subject", errc::denied,
       [](certificate_template& t) { t.alternative_name = criticality::not_critical; }},
      {"manufacturer that nobody listed", errc::denied,
       [](certificate_template& t) { t.directory_names[0].value = "id:00001014"; }},
      {"IBM, the name of software TPMs", errc::denied,
       [](certificate_template& t) { t.directory_names[0].value = "id:49424D00"; }},
      {"manufacturer by name", errc::malformed,
       [](certificate_template& t) { t.directory_names[0].value = "INTC"; }},
      {"manufacturer too long", errc::malformed,
       [](certificate_template& t) { t.directory_names[0].value = "id:494E544300"; }},
      {"not valid yet", errc::expired, [](certificate_template& t) { t.not_before = plus(now, 2 * day); }},
      {"expired", errc::expired, [](certificate_template& t) { t.not_after = plus(now, hour); }},
      {"unknown critical extension", errc::denied,
       [](certificate_template& t) {
         t.others = {{"1.2.3.4.5", criticality::critical, {0x05, 0x00}}};
       }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    auto what = ek_template();
    row.spoil(what);
    CHECK(ek_outcome(ek_with(what)) == row.code);
  }
}

TEST_CASE("check 01: fields that real chips have besides the profile do no harm") {
  auto with_subject = ek_template();
  with_subject.common_name = "chip 1";
  with_subject.alternative_name = criticality::not_critical;
  CHECK(ek_outcome(ek_with(with_subject)) == std::nullopt);
  auto more = ek_template();
  more.extended_key_usages.push_back(std::string{oid::client_auth});
  more.others = {{"1.2.3.4.5", criticality::not_critical, {0x05, 0x00}}};
  more.directory_names[0].value = "id:494e5443";
  CHECK(ek_outcome(ek_with(more)) == std::nullopt);
}

TEST_CASE("check 01: only a full path to a pinned root is accepted") {
  const auto leaf = ek_with(ek_template());
  const std::vector<certificate> sent{vendor().intermediate()};
  const auto root_only = store_of({vendor().root()});
  const auto intermediate_only = store_of({vendor().intermediate()});
  const auto at = plus(now, day);
  CHECK(verify_ek_certificate(leaf, sent, root_only, {}, at).ok());
  CHECK(verify_ek_certificate(leaf, {}, root_only, {}, at).fault().code == errc::untrusted);
  CHECK(verify_ek_certificate(leaf, {}, intermediate_only, {}, at).fault().code == errc::untrusted);
  CHECK(verify_ek_certificate(leaf, sent, {}, {}, at).fault().code == errc::untrusted);
  // A root that the machine sends is not an anchor.
  const std::vector<certificate> with_root{vendor().intermediate(), vendor().root()};
  CHECK(verify_ek_certificate(leaf, with_root, {}, {}, at).fault().code == errc::untrusted);
  const std::vector<certificate> many(max_intermediates + 1, vendor().intermediate());
  CHECK(verify_ek_certificate(leaf, many, store(), {}, at).fault().code == errc::limit);

  const auto other = ek_issuer::make("Test", for_years(20)).value();
  const auto foreign = other.issue(some_key().pub(), {intel, "m", "id:1"}, now).value();
  const std::vector<certificate> theirs{other.intermediate(), other.root()};
  CHECK(verify_ek_certificate(foreign, theirs, store(), {}, at).fault().code == errc::untrusted);
  // Self-signed, and signed by another EK.
  const auto self = sign_certificate(ek_template(), some_key().pub(), nullptr, some_key()).value();
  CHECK(ek_outcome(self) == errc::untrusted);
  const auto ek_key = private_key::make_ec(curve::p256);
  auto named = ek_template();
  named.common_name = "chip";
  const auto honest = ek_with(named, ek_key.pub());
  const auto child = sign_certificate(ek_template(), some_key().pub(), &honest, ek_key).value();
  const std::vector<certificate> parent{honest};
  CHECK(verify_ek_certificate(child, parent, store(), {}, at).fault().code == errc::untrusted);
}

TEST_CASE("check 01: a CA of the same vendor that is not for EKs cannot issue an EK certificate") {
  const auto root_key = private_key::make_ec(curve::p256);
  certificate_template ca;
  ca.common_name = "Vendor Root";
  ca.not_before = now;
  ca.not_after = plus(now, 20 * year);
  ca.is_ca = true;
  ca.key_usage = key_usage::ca;
  const auto root = sign_certificate(ca, root_key.pub(), nullptr, root_key).value();
  const auto key = private_key::make_ec(curve::p256);
  ca.common_name = "Vendor TLS CA";
  ca.extended_key_usages = {std::string{oid::server_auth}};
  const auto tls = sign_certificate(ca, key.pub(), &root, root_key).value();
  const auto leaf = sign_certificate(ek_template(), some_key().pub(), &tls, key).value();
  CHECK(verify_ek_certificate(leaf, {}, store_of({root, tls}), {}, now).fault().code == errc::denied);
}

TEST_CASE("check 01: CAs are judged at the time when the EK certificate was made") {
  const auto short_lived = ek_issuer::make("Short", for_years(2)).value();
  const auto pinned = store_of({short_lived.root(), short_lived.intermediate()});
  const tpm_description chip{intel, "m", "id:1"};
  const auto made_in_time = short_lived.issue(some_key().pub(), chip, plus(now, year)).value();
  CHECK(verify_ek_certificate(made_in_time, {}, pinned, {}, plus(now, 10 * year)).ok());
  const auto made_too_late = short_lived.issue(some_key().pub(), chip, plus(now, 3 * year)).value();
  CHECK(verify_ek_certificate(made_too_late, {}, pinned, {}, plus(now, 10 * year)).fault().code
        == errc::expired);
  const auto made_too_early = short_lived.issue(some_key().pub(), chip, minus(now, day)).value();
  CHECK(verify_ek_certificate(made_too_early, {}, pinned, {}, plus(now, year)).fault().code == errc::expired);
}

TEST_CASE("check 01: weak keys and denied keys are refused") {
  const auto weak = private_key::make_rsa(1024).value();
  CHECK(ek_outcome(ek_with(ek_template(), weak.pub())) == errc::denied);
  const auto leaf = ek_with(ek_template());
  ek_policy policy;
  CHECK(ek_outcome(leaf, policy) == std::nullopt);
  for (const auto* one : {&leaf, &vendor().intermediate(), &vendor().root()}) {
    policy.denied.issuers = {sha256(one->fields().spki)};
    CHECK(ek_outcome(leaf, policy) == errc::denied);
  }
}

TEST_CASE("check 01: an empty list of manufacturers accepts no machine") {
  ek_policy nobody;
  nobody.manufacturers.clear();
  CHECK(ek_outcome(ek_with(ek_template()), nobody) == errc::denied);
  ek_policy lab;
  lab.manufacturers = {tpm_manufacturer_id{0x00001014}};
  auto what = ek_template();
  what.directory_names[0].value = "id:00001014";
  CHECK(ek_outcome(ek_with(what), lab) == std::nullopt);
  CHECK(to_string(intel) == "id:494E5443");
}

TEST_CASE("check 01: SHA-1 is accepted in certificates that the operator pinned, and in no others") {
  const auto root_key = private_key::make_ec(curve::p256);
  const auto key = private_key::make_ec(curve::p256);
  certificate_template ca;
  ca.common_name = "Old Vendor Root";
  ca.not_before = now;
  ca.not_after = plus(now, 20 * year);
  ca.is_ca = true;
  ca.key_usage = key_usage::ca;
  const auto root = sign_certificate(ca, root_key.pub(), nullptr, root_key).value();
  ca.common_name = "Old Vendor CA";
  const auto sound = sign_certificate(ca, key.pub(), &root, root_key).value();
  const auto old = signed_anew(sound, root_key, EVP_sha1());
  const auto leaf = sign_certificate(ek_template(), some_key().pub(), &old, key).value();
  const auto old_leaf = signed_anew(leaf, key, EVP_sha1());
  const std::vector<certificate> sent{old};
  CHECK(verify_ek_certificate(leaf, {}, store_of({root, old}), {}, now).ok());
  CHECK(verify_ek_certificate(leaf, sent, store_of({root}), {}, now).fault().code == errc::denied);
  CHECK(verify_ek_certificate(old_leaf, {}, store_of({root, old}), {}, now).fault().code == errc::denied);
}

TEST_CASE("check 01: a weak CA that is sent along is refused like one in the store") {
  const auto root_key = private_key::make_ec(curve::p256);
  const auto weak = private_key::make_rsa(1024).value();
  certificate_template ca;
  ca.common_name = "Vendor Root";
  ca.not_before = now;
  ca.not_after = plus(now, 20 * year);
  ca.is_ca = true;
  ca.key_usage = key_usage::ca;
  const auto root = sign_certificate(ca, root_key.pub(), nullptr, root_key).value();
  ca.common_name = "Weak CA";
  const auto middle = sign_certificate(ca, weak.pub(), &root, root_key).value();
  const auto leaf = sign_certificate(ek_template(), some_key().pub(), &middle, weak).value();
  const std::vector<certificate> sent{middle};
  CHECK(verify_ek_certificate(leaf, sent, store_of({root}), {}, now).fault().code == errc::denied);
}
