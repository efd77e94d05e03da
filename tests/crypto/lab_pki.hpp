// Certificates for the tests of this folder: a root with an issuer for each purpose, and a TPM vendor.
#pragma once

#include "crypto/authority.hpp"
#include "crypto/certificate_template.hpp"
#include "crypto/ek_certificate.hpp"
#include "crypto/ek_issuer.hpp"
#include "crypto/openssl.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace muster::crypto::testing {

constexpr std::uint64_t second = 1000;
constexpr std::uint64_t hour = 3600 * second;
constexpr std::uint64_t day = 24 * hour;
constexpr std::uint64_t year = 365 * day;

/// 2026-01-01T00:00:00Z
constexpr wall_time now{1'767'225'600'000};

constexpr wall_time plus(wall_time t, std::uint64_t ms) { return {t.milliseconds + ms}; }
constexpr wall_time minus(wall_time t, std::uint64_t ms) { return {t.milliseconds - ms}; }
constexpr validity for_years(std::uint64_t years) { return {now, plus(now, years * year)}; }
constexpr validity for_days(std::uint64_t days) { return {now, plus(now, days * day)}; }

inline constexpr std::string_view node_hex =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
inline node_id node() { return node_id_from(node_hex).value(); }

struct lab_pki {
  authority root = authority::make_root("Test Root", for_years(10)).value();
  authority nodes = issuer(purpose::node);
  authority hubs = issuer(purpose::hub);
  authority verifiers = issuer(purpose::verifier);
  authority aks = issuer(purpose::ak);
  authority services = issuer(purpose::service_tls);

  std::vector<certificate> anchors() const { return {root.cert()}; }
  /// All issuers. They may be part of a path, but are not anchors.
  std::vector<certificate> issuers() const {
    return {nodes.cert(), hubs.cert(), verifiers.cert(), aks.cert(), services.cert()};
  }

private:
  authority issuer(purpose p) const {
    return root.make_issuer(p, "Test Issuer " + std::string{to_string(p)}, for_years(5)).value();
  }
};

/// One for all test cases, because making keys takes time.
inline const lab_pki& pki() {
  static const lab_pki one;
  return one;
}
inline const private_key& some_key() {
  static const auto one = private_key::make_ec(curve::p256);
  return one;
}

/// A template for a node under `pki().nodes` that `verify_chain` accepts; tests spoil it.
inline certificate_template node_template() {
  certificate_template out;
  out.common_name = "node";
  out.not_before = now;
  out.not_after = plus(now, 7 * day);
  out.uris = {"muster:node:" + std::string{node_hex}};
  out.extended_key_usages = {std::string{oid::client_auth}};
  return out;
}

inline certificate sign_with(const authority& by, const certificate_template& what,
                             const public_key& subject = some_key().pub()) {
  return sign_certificate(what, subject, &by.cert(), by.key()).value();
}

/// `from` without the extension `removed_nid` (0: all stay), signed again by `key` with `md`. Our own
/// template refuses to make such certificates.
inline certificate signed_anew(const certificate& from, const private_key& key, const EVP_MD* md,
                               int removed_nid = 0) {
  const x509_ptr copy{X509_dup(from.native())};
  const int at = removed_nid == 0 ? -1 : X509_get_ext_by_NID(copy.get(), removed_nid, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(copy.get(), at));
  REQUIRE(X509_sign(copy.get(), key.native(), md) > 0);
  return certificate::from_der(to_der(copy.get(), i2d_X509)).value();
}

/// The bytes of a file; empty if there is no such file.
inline bytes file_bytes(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return bytes{std::istreambuf_iterator<char>{in}, {}};
}

inline const std::string shared_testdata = std::string{MUSTER_SOURCE_DIR} + "/../shared/testdata/";

} // namespace muster::crypto::testing
