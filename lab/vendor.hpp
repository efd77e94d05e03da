// A TPM vendor of our own: the CA that vouches for the lab's TPMs.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::lab {

/// A folder with a root and an intermediate CA, both P-256, as a TPM's vendor has them:
///   roots/root.pem              what a service puts into its folder of vendor roots
///   intermediates/issuer.pem    what it puts into its folder of vendor intermediates
///   issuer.key                  PKCS#8, mode 0600; the root's key is thrown away
class vendor {
public:
  /// Makes the folder and the CAs. fault conflict: there are some.
  static result<vendor> create(const std::filesystem::path& folder);
  static result<vendor> open(const std::filesystem::path& folder);

  std::filesystem::path roots() const { return folder_ / "roots"; }
  std::filesystem::path intermediates() const { return folder_ / "intermediates"; }

  /// An EK certificate for that key (TCG EK Credential Profile 2.4: manufacturer, model and version in a
  /// critical alternative name, EKU 2.23.133.8.1), as DER. `ek_public_area` is a TPMT_PUBLIC.
  result<bytes> certify(byte_view ek_public_area) const;

private:
  explicit vendor(std::filesystem::path folder) : folder_{std::move(folder)} {}
  std::filesystem::path folder_;
};

} // namespace muster::lab
