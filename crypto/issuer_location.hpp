// Where a certificate says that its issuer's certificate is published.
#pragma once

#include "crypto/certificate.hpp"

namespace muster::crypto {

/// Most locations that are returned.
inline constexpr std::size_t max_issuer_locations = 4;

/// The URIs of the access method caIssuers in the authority information access of `one` (RFC 5280, 4.2.2.1),
/// in its order and safe to print. Blanks are written as %20: a vendor's certificates have some. Empty if
/// there are none, or the extension is malformed. Advice for people, who fetch and compare: nothing here is
/// signed by anybody that is trusted yet.
std::vector<std::string> issuer_locations(const certificate& one);

} // namespace muster::crypto
