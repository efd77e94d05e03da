// What breaks if this fails: an operator is not told which vendor certificate is missing, or where it is published.
#include "checkup/chip_lines.hpp"
#include "checkup/vendor_lines.hpp"
#include "crypto/certificate_template.hpp"
#include "crypto/digest.hpp"
#include "crypto/ek_issuer.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

constexpr wall_time now{1'767'225'600'000};
constexpr std::uint64_t year = 365ULL * 86'400'000;
constexpr crypto::validity ten_years{now, {now.milliseconds + 10 * year}};

/// authorityInfoAccess with one entry of caIssuers (RFC 5280, 4.2.2.1).
crypto::other_extension published_at(std::string_view uri) {
  bytes name{0x86, static_cast<std::uint8_t>(uri.size())};
  append(name, as_bytes(uri));
  bytes entry{0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02};
  append(entry, name);
  bytes inner{0x30, static_cast<std::uint8_t>(entry.size())};
  append(inner, entry);
  bytes der{0x30, static_cast<std::uint8_t>(inner.size())};
  append(der, inner);
  return {"1.3.6.1.5.5.7.1.1", crypto::criticality::not_critical, std::move(der)};
}

const crypto::ek_issuer& vendor() {
  static const auto one = crypto::ek_issuer::make("Sample", ten_years).value();
  return one;
}

const crypto::private_key& some_key() {
  static const auto one = crypto::private_key::make_ec(crypto::curve::p256);
  return one;
}

crypto::certificate ek_of(std::uint32_t manufacturer = 0x49465800) {
  return vendor()
      .issue(some_key().pub(), {crypto::tpm_manufacturer_id{manufacturer}, "SLB9670", "id:0751"}, now)
      .value();
}

/// An EK certificate of that issuer, which says where the issuer is published.
crypto::certificate ek_with(const crypto::other_extension& location) {
  crypto::certificate_template what;
  what.not_before = now;
  what.not_after = {now.milliseconds + year};
  what.extended_key_usages = {std::string{crypto::oid::tcg_ek_certificate}};
  what.directory_names = {{std::string{crypto::oid::tpm_manufacturer}, "id:4E544300"},
                          {std::string{crypto::oid::tpm_model}, "NPCT75x"},
                          {std::string{crypto::oid::tpm_version}, "id:0007"}};
  what.alternative_name = crypto::criticality::critical;
  what.others = {location};
  return crypto::sign_certificate(what, some_key().pub(), &vendor().intermediate(), vendor().key()).value();
}

vendor_facts facts(std::vector<crypto::certificate> pinned) {
  std::vector<bytes> contents;
  for (const auto& one : pinned)
    contents.push_back(one.der());
  std::vector<crypto::named_bytes> files;
  for (const auto& one : contents)
    files.push_back({"file", one});
  vendor_facts out;
  out.folders = {"/etc/muster/vendor-roots"};
  out.store = crypto::vendor_store::make(files);
  out.now = now;
  return out;
}

} // namespace

TEST_CASE("check 46: where a maker publishes its roots comes from a table by the TPM's vendor id") {
  CHECK(where_published(ek_of()) == "see https://pki.infineon.com/");
  // Whoever made the certificate could have written this.
  CHECK(where_published(ek_with(published_at("https://example.org/ca.cer"))).find("example")
        == std::string::npos);
  CHECK(where_published(ek_of(0x00001014)).find("swtpm-localca") != std::string::npos);
  CHECK(where_published(ek_of(0x00000001)).find("ask the maker") != std::string::npos);
}

TEST_CASE("an EK certificate in a TPM names its maker and what a service needs") {
  ek_facts seen;
  seen.now = now;
  seen.certificates = {{"NV index 0x01c00002", ek_of()}};
  auto lines = judge_ek(seen);
  REQUIRE(lines.size() == 1);
  check_well_formed(lines[0]);
  CHECK(lines[0].how == outcome::good);
  CHECK(says(lines[0], "id:49465800 SLB9670, issued by CN=Sample TPM Manufacturing CA"));
  CHECK(says(lines[0], "infineon.com"));

  seen.certificates = {{"NV index 0x01c00002", ek_with(published_at("https://example.org/ca.cer"))}};
  CHECK_FALSE(says(judge_ek(seen)[0], "example.org"));

  // The chain in the TPM names the root; nobody vouches for it yet.
  seen.chain = {vendor().root(), vendor().intermediate()};
  CHECK(says(judge_ek(seen)[0], "the root CN=Sample TPM Root CA"));
  seen.chain = {vendor().intermediate()};
  CHECK(says(judge_ek(seen)[0], "CN=Sample TPM Root CA"));
  CHECK_FALSE(says(judge_ek(seen)[0], "which the TPM holds"));

  seen.now = {now.milliseconds - 1};
  CHECK(judge_ek(seen)[0].how == outcome::bad);

  seen = {};
  CHECK(judge_ek(seen)[0].how == outcome::note);
  check_well_formed(judge_ek(seen)[0]);
  seen.certificates = {{"NV index 0x01c00002", fault{errc::not_found, "it holds zeros only, no certificate"}},
                       {"NV index 0x01c0000a", ek_of()}};
  seen.chain_problem = "too long";
  seen.now = now;
  lines = judge_ek(seen);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].how == outcome::note);
  CHECK(lines[1].how == outcome::good);
  CHECK(lines[2].how == outcome::note);
}

TEST_CASE("the folders of vendor certificates: what is missing is named once, with its place") {
  const auto whole = judge_vendor_roots(facts({vendor().root(), vendor().intermediate()}));
  REQUIRE(whole.size() == 1);
  CHECK(whole[0] == good("vendor roots", "1 root, 1 intermediate, 0 CRLs in /etc/muster/vendor-roots"));

  // An intermediate of a root that is not there.
  const auto root = crypto::ek_issuer::make("Other", ten_years).value();
  const auto lines = judge_vendor_roots(facts({vendor().root(), root.intermediate()}));
  REQUIRE(lines.size() == 2);
  check_well_formed(lines[1]);
  CHECK(lines[1].how == outcome::bad);
  CHECK(says(
      lines[1],
      "CN=Other TPM Manufacturing CA is here, and no root leads to it: its issuer is CN=Other TPM Root CA"));

  // A root of the same name and another key leads nowhere.
  const auto twin = crypto::ek_issuer::make("Other", ten_years).value();
  CHECK(judge_vendor_roots(facts({twin.root(), root.intermediate()}))[1].how == outcome::bad);

  auto none = facts({});
  CHECK(judge_vendor_roots(none)[0].how == outcome::note);
  none.folders.clear();
  CHECK(judge_vendor_roots(none)[0].how == outcome::note);
  none.folders = {"/x"};
  none.problem = "/x: Permission denied";
  none.why = errc::denied;
  CHECK(judge_vendor_roots(none)[0].how == outcome::unseen);
  none.why = errc::not_found;
  CHECK(judge_vendor_roots(none)[0].how == outcome::bad);
  for (const auto& line : judge_vendor_roots(none))
    check_well_formed(line);
  // An EK's own certificate is no CA's.
  const auto refused = judge_vendor_roots(facts({vendor().root(), ek_of()}));
  REQUIRE(refused.size() == 2);
  CHECK(refused[1].how == outcome::note);
  check_well_formed(refused[1]);
}

TEST_CASE("check 47: an EK certificate that is asked about is vouched for by signatures, not by names") {
  const auto asked = [](vendor_facts seen, result<crypto::certificate> ek) {
    seen.eks.push_back({"ek.cer", std::move(ek)});
    auto out = judge_vendor_roots(seen).back();
    check_well_formed(out);
    return out;
  };
  CHECK(asked(facts({vendor().root(), vendor().intermediate()}), ek_of()).how == outcome::good);

  const auto no_intermediate = asked(facts({vendor().root()}), ek_of());
  CHECK(no_intermediate.how == outcome::bad);
  CHECK(says(no_intermediate, "CN=Sample TPM Manufacturing CA is missing"));
  const auto no_root = asked(facts({vendor().intermediate()}), ek_of());
  CHECK(no_root.how == outcome::bad);
  CHECK(says(no_root, "CN=Sample TPM Root CA is missing"));

  // A root and an intermediate of the same names, and another key.
  const auto twin = crypto::ek_issuer::make("Sample", ten_years).value();
  CHECK(asked(facts({twin.root(), twin.intermediate()}), ek_of()).how == outcome::bad);

  const auto unknown_maker = asked(facts({vendor().root(), vendor().intermediate()}), ek_of(0x00001014));
  CHECK(unknown_maker.how == outcome::bad);
  CHECK(says(unknown_maker, "id:00001014"));
  auto denying = facts({vendor().root(), vendor().intermediate()});
  const auto denied = ek_of();
  denying.policy.denied.certificates.push_back(crypto::sha256(denied.der()));
  CHECK(asked(denying, denied).how == outcome::bad);
  CHECK(asked(facts({vendor().root()}), fault{errc::malformed, "no certificate"}).how == outcome::bad);
}

TEST_CASE("a certificate that is not an EK's is named as what it is, and nobody is offered to trust it") {
  const struct {
    const char* usage;
    const char* says;
  } rows[] = {
      {"1.3.6.1.5.5.7.3.1", "not an EK certificate but the certificate of a TLS server"},
      {"1.3.6.1.5.5.7.3.2", "not an EK certificate but the certificate of a TLS client"},
      {"2.23.133.8.3", "not an EK certificate but the certificate of an attestation key (AK)"},
      {"1.3.6.1.5.5.7.3.3", "not an EK certificate but a certificate for signing code"},
      {nullptr, "not an EK certificate but a certificate that names no TPM"},
  };
  for (const auto& row : rows) {
    crypto::certificate_template what;
    what.not_before = now;
    what.not_after = {now.milliseconds + year};
    if (row.usage != nullptr) what.extended_key_usages = {row.usage};
    what.alternative_name = crypto::criticality::critical;
    auto seen = facts({vendor().root(), vendor().intermediate()});
    seen.eks.push_back(
        {"file",
         crypto::sign_certificate(what, some_key().pub(), &vendor().intermediate(), vendor().key()).value()});
    const auto line = judge_vendor_roots(seen).back();
    check_well_formed(line);
    CHECK(line.how == outcome::bad);
    CHECK_MESSAGE(says(line, row.says), line.says);
    CHECK_FALSE(advises(line, "approve"));
  }
  auto seen = facts({vendor().root(), vendor().intermediate()});
  seen.eks.push_back({"file", vendor().intermediate()});
  CHECK(says(judge_vendor_roots(seen).back(), "not an EK certificate but the certificate of a CA"));
}

TEST_CASE("all that keeps an EK certificate from being believed is said at once") {
  auto seen = facts({});
  seen.now = {now.milliseconds - 1};
  seen.eks.push_back({"file", ek_of(0x00001014)});
  const auto line = judge_vendor_roots(seen).back();
  check_well_formed(line);
  CHECK(line.how == outcome::bad);
  for (const auto* part :
       {"it has ended, or is not valid yet", "id:00001014 is not in admission.manufacturers",
        "CN=Sample TPM Manufacturing CA is missing"})
    CHECK_MESSAGE(says(line, part), line.says);
  for (const auto* part : {"add id:00001014", "check the clock", "into a folder of admission.vendor_roots"})
    CHECK_MESSAGE(advises(line, part), line.remedy);
  CHECK_FALSE(advises(line, "approve"));
}
