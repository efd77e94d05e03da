// Which certificates of TPM vendors a service lacks. Pure.
#pragma once

#include "checkup/line.hpp"
#include "crypto/certificate.hpp"
#include "crypto/ek_certificate.hpp"
#include "crypto/vendor_store.hpp"

#include <map>

namespace muster::checkup {

/// The TPM that an EK certificate names: "id:49465800 SLB9670", printable.
std::string chip_named_by(const crypto::certificate& ek);

/// The issuer's name, and for an empty one the id of its key.
std::string name_of_issuer(const crypto::certificate& one);

/// Finds issuers among certificates, by name and key id. No signature is verified: this serves advice about
/// what to fetch.
class known_issuers {
public:
  void add(std::span<const crypto::certificate> more);

  /// The last certificate on the way from `one` to its root that is known: a self-signed one, or the one
  /// whose issuer is missing. At most 8 steps.
  crypto::certificate last_towards_root(const crypto::certificate& one) const;

private:
  std::multimap<std::string, crypto::certificate> by_name_;
};

/// Where the maker of the TPM publishes the certificates of its CAs: by our table (`tpm_manufacturers`), never by
/// the certificate's own word. Who made a certificate that is not believed yet could name any place.
std::string where_published(const crypto::certificate& ek);

/// What a service must pin to vouch for the certificate: the root that `along` leads to, or the issuer that
/// is missing on the way, with where to get it.
std::string needed_for(const crypto::certificate& ek, std::span<const crypto::certificate> along);

/// The folders admission.vendor_roots.
struct vendor_facts {
  std::vector<std::string> folders; ///< printable
  std::string problem;              ///< why they cannot be read; empty: they were
  errc why = errc::internal;        ///< of `problem`
  crypto::vendor_store store;
  crypto::ek_policy policy; ///< the manufacturers that the service admits
  /// EK certificates that an operator asks about.
  struct asked {
    std::string file; ///< printable
    result<crypto::certificate> ek;
  };
  std::vector<asked> eks;
  wall_time now;
};

/// A line for the folders, one for each intermediate that leads to no root, one for each refused file and one
/// for each EK certificate that is asked about.
lines judge_vendor_roots(const vendor_facts& seen);

} // namespace muster::checkup
