// Decides who may sign a document that an operator imports: manifests of reference values.
#pragma once

#include "crypto/certificate.hpp"

#include <span>

namespace muster::crypto {

/// Verifies that `signer` may sign for one of `roots`. Checks, in this order:
///   1. its key is strong enough (see key_strength.hpp), and it is valid at `at`
///   2. it is itself one of `roots` (the operator pinned it), or both of these hold: a path of signatures
///      leads over `intermediates` to one of `roots`, as `verify_chain` demands of every such path, and the
///      certificate is for code signing: its ExtendedKeyUsage names that, and no CA of the path is restricted
///      to other usages. Otherwise every web server with a certificate under that root could sign.
///   3. its KeyUsage, if there is one, allows digital signatures
/// fault untrusted, expired or denied. The caller still has to verify the document's signature with the key
/// of `signer`.
status verify_document_signer(const certificate& signer, std::span<const certificate> intermediates,
                              std::span<const certificate> roots, wall_time at);

} // namespace muster::crypto
