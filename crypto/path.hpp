// The path of signatures from a leaf to an anchor. For use inside this folder only; chain.cpp and
// ek_certificate.cpp decide what a path is good for.
#pragma once

#include "crypto/certificate.hpp"

#include <span>
#include <variant>

namespace muster::crypto {

/// Why there is no path.
enum class path_defect : std::uint8_t {
  leaf,       ///< the leaf can never be one: it is a CA, or an anchor
  no_issuer,  ///< nobody has the issuer of `path_failure::at`, or a self-signed certificate is not an anchor
  other_time, ///< `at` was not valid then
  constraint, ///< name constraints, path lengths or key usages of a CA forbid it
  signature,  ///< the signature on `at` does not verify
  other
};

struct path_failure {
  fault why;
  path_defect defect = path_defect::other;
  certificate at; ///< where the path ended
};

/// A path from `leaf` over `intermediates` to one of `anchors`: leaf first, anchor last, at least two
/// certificates. Checked are signatures, names, the validity of every certificate at `at`, BasicConstraints
/// and path lengths, KeyUsage of CAs and name constraints; a critical extension that OpenSSL does not process
/// is refused. Every certificate but the leaf is marked as CA; the leaf is not. fault untrusted, expired or
/// denied.
std::variant<std::vector<certificate>, path_failure> find_path(const certificate& leaf,
                                                               std::span<const certificate> intermediates,
                                                               std::span<const certificate> anchors,
                                                               wall_time at);
/// The same, with the fault alone.
result<std::vector<certificate>> verify_path(const certificate& leaf,
                                             std::span<const certificate> intermediates,
                                             std::span<const certificate> anchors, wall_time at);

/// Whether the leaf names `usage` (dotted OID) and no CA of the path is restricted to others. fault denied.
status verify_usage(std::span<const certificate> path, std::string_view usage);

} // namespace muster::crypto
