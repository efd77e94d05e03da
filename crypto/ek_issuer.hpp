// A TPM vendor in miniature: root, intermediate and EK certificates as in the TCG profile. For simulated
// machines; a service that pins such a root believes simulated machines.
#pragma once

#include "crypto/authority.hpp"
#include "crypto/ek_certificate.hpp"

namespace muster::crypto {

/// What the certificate says about the chip (TCG EK Credential Profile).
struct tpm_description {
  tpm_manufacturer_id manufacturer;
  std::string model;
  std::string version; ///< "id:20191023"
};

class ek_issuer {
public:
  /// A self-signed root, and under it an intermediate that signs.
  static result<ek_issuer> make(std::string_view vendor, validity when);
  /// Loads an issuer made earlier: the intermediate with its key, and the root.
  static result<ek_issuer> from_pem(std::string_view root_pem, std::string_view intermediate_pem,
                                    std::string_view key_pem);

  /// The certificate has an empty subject, a critical alternative name, and notAfter 99991231235959Z.
  result<certificate> issue(const public_key& ek, const tpm_description& chip, wall_time from) const;

  const certificate& root() const noexcept { return root_; }
  const certificate& intermediate() const noexcept { return intermediate_; }
  const private_key& key() const noexcept { return key_; }

private:
  ek_issuer(certificate root, certificate intermediate, private_key key)
      : root_{std::move(root)}, intermediate_{std::move(intermediate)}, key_{std::move(key)} {}
  certificate root_;
  certificate intermediate_;
  private_key key_;
};

} // namespace muster::crypto
