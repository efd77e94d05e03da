// The signatures from a leaf to an anchor. Inside this folder only; what a path is good for, chain.cpp and
// ek_certificate.cpp decide.
#pragma once

#include "crypto/certificate.hpp"

#include <span>

namespace muster::crypto {

/// A path leaf first, anchor last, of at least two certificates, over `intermediates` to one of `anchors`:
/// signatures, names, every certificate valid at `at`, BasicConstraints and path lengths, KeyUsage of CAs,
/// name constraints, no critical extension that OpenSSL does not process. Every certificate but the leaf is
/// marked as CA; the leaf is not. fault untrusted, expired or denied.
result<std::vector<certificate>> verify_path(const certificate& leaf,
                                             std::span<const certificate> intermediates,
                                             std::span<const certificate> anchors, wall_time at);

/// Whether the leaf names the usage `oid` and no CA of the path is restricted to others. fault denied.
status verify_usage(std::span<const certificate> path, std::string_view usage);

} // namespace muster::crypto
