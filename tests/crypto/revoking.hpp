// Revocation lists as made by a TPM vendor.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"

#include <ctime>
#include <memory>
#include <vector>

namespace muster::crypto::testing {

struct free_list {
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
};

inline constexpr std::uint64_t list_lifetime = 7UL * 86'400'000; ///< milliseconds

/// A list of `issuer`, signed by `key`, with the serial numbers of `revoked`.
/// The next update is due a week after `made`.
inline bytes list_of(const certificate& issuer, const private_key& key,
                     const std::vector<certificate>& revoked, wall_time made) {
  const std::unique_ptr<X509_CRL, free_list> list{X509_CRL_new()};
  const auto set_time = [](wall_time when) {
    auto* time = ASN1_TIME_set(nullptr, static_cast<time_t>(when.milliseconds / 1000));
    require(time != nullptr);
    return time;
  };
  auto* this_update = set_time(made);
  auto* next_update = set_time({made.milliseconds + list_lifetime});
  require(X509_CRL_set_version(list.get(), 1) == 1
          && X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.native())) == 1
          && X509_CRL_set1_lastUpdate(list.get(), this_update) == 1
          && X509_CRL_set1_nextUpdate(list.get(), next_update) == 1);
  for (const auto& one : revoked) {
    auto* entry = X509_REVOKED_new();
    require(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(one.native())) == 1
            && X509_REVOKED_set_revocationDate(entry, this_update) == 1
            && X509_CRL_add0_revoked(list.get(), entry) == 1);
  }
  ASN1_TIME_free(this_update);
  ASN1_TIME_free(next_update);
  require(X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), key.native(), EVP_sha256()) > 0);
  return to_der(list.get(), i2d_X509_CRL);
}

} // namespace muster::crypto::testing
