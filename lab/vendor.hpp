// Our own TPM vendor: the CA that vouches for the lab's TPMs.
#pragma once

#include "crypto/ek_issuer.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::lab {

/// A folder with a root and an intermediate CA, as a TPM's vendor has them:
///   roots/root.pem              what a service puts into its folder of vendor roots
///   intermediates/issuer.pem    what it puts into its folder of vendor intermediates
///   issuer.key                  PKCS#8, mode 0600; the root's key is kept nowhere
class vendor {
public:
  /// "MSTR" is in no registry: a service accepts these TPMs only if its policy names the lab.
  static constexpr crypto::tpm_manufacturer_id manufacturer{0x4d535452};

  /// Makes the folder and the CAs. fault conflict: the folder is not empty.
  static result<vendor> create(const std::filesystem::path& folder);
  static result<vendor> open(const std::filesystem::path& folder);

  std::filesystem::path roots() const { return folder_ / "roots"; }
  std::filesystem::path intermediates() const { return folder_ / "intermediates"; }

  /// An EK certificate for the key in that TPMT_PUBLIC, as DER.
  result<bytes> certify(byte_view ek_public_area) const;
  /// The intermediate that signed it, as DER: a maker leaves it in NV next to the certificate.
  const bytes& chain() const { return issuer_.intermediate().der(); }

private:
  vendor(std::filesystem::path folder, crypto::ek_issuer issuer)
      : folder_{std::move(folder)}, issuer_{std::move(issuer)} {}
  std::filesystem::path folder_;
  crypto::ek_issuer issuer_;
};

} // namespace muster::lab
