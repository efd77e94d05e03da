#include "crypto/document_signer.hpp"

#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"
#include "crypto/path.hpp"

#include <algorithm>

namespace muster::crypto {

status verify_document_signer(const certificate& signer, std::span<const certificate> intermediates,
                              std::span<const certificate> roots, wall_time at) {
  if (auto strong = verify_key_strength(signer.key()); !strong) return strong;
  if (!signer.valid_at(at)) return fault{errc::expired, "signer: its certificate is not valid at this time"};
  if (std::ranges::find(roots, signer) == roots.end()) {
    const auto path = verify_path(signer, intermediates, roots, at);
    if (!path) return path.fault();
    if (!verify_usage(*path, oid::code_signing))
      return fault{errc::denied, "signer: its certificate is not for code signing (extended key usage "
                                 "codeSigning); if it is the right one, name the certificate itself as root"};
  }
  // OpenSSL sets all bits if the extension is absent.
  if ((X509_get_key_usage(signer.native()) & KU_DIGITAL_SIGNATURE) == 0)
    return fault{errc::denied, "signer: its certificate is not for digital signatures"};
  return {};
}

} // namespace muster::crypto
