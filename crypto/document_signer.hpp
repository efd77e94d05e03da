// Who may sign a document that an operator reads in: manifests of reference values.
#pragma once

#include "crypto/certificate.hpp"

#include <span>

namespace muster::crypto {

/// Verifies that `signer` may sign for one of `roots`. Checks, in this order:
///   1. its key is strong enough (see key_strength.hpp), and it is valid at `at`
///   2. it is itself one of `roots` (the operator pinned it), or a path of signatures leads over
///      `intermediates` to one of them, as `verify_chain` demands of every such path, and it is made for code
///      signing: its ExtendedKeyUsage names that, and no CA of the path is restricted to other usages. Else
///      each web server with a certificate of that root would be a signer.
///   3. its KeyUsage, if there is one, allows digital signatures
/// fault untrusted, expired or denied. Caller: the document's signature holds under the key of `signer`.
status verify_document_signer(const certificate& signer, std::span<const certificate> intermediates,
                              std::span<const certificate> roots, wall_time at);

} // namespace muster::crypto
