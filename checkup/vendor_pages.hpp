// Where the makers of TPMs publish the certificates of their CAs. Pure.
#pragma once

#include <string_view>

namespace muster::checkup {

/// The page of the maker of the TPM with this vendor id ("id:49465800", as its EK certificate writes it), or
/// of the issuer with this name (`certificate_fields::issuer`). Empty: not known. The pages move now and
/// then; a certificate's own word (`crypto::issuer_locations`) comes first.
std::string_view vendor_page(std::string_view manufacturer, std::string_view issuer) noexcept;

/// A page that describes a collection of many makers' certificates.
inline constexpr std::string_view collected_vendor_roots =
    "https://learn.microsoft.com/windows-server/security/guarded-fabric-shielded-vm/"
    "guarded-fabric-install-trusted-tpm-root-certificates";

} // namespace muster::checkup
