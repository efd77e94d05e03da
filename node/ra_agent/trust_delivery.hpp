// How this machine takes and stores trust lists (docs/protocol.md 1). Pure.
#pragma once

#include "crypto/trust_list.hpp"

#include <optional>
#include <span>

namespace muster::node {

/// The result of several lists that came together.
struct trust_delivery {
  crypto::trust_list now;      ///< in force from here on
  std::optional<bytes> newest; ///< `now` as it came, signed, to be stored. Nothing: `now` is unchanged
  std::optional<muster::fault> refused; ///< why the last skipped list was not followed
};

/// Follows, in their order, the lists that an anchor in force signed and whose number is higher. It skips the
/// others: a machine configured with only the newest root cannot verify what an older root signed, and a list
/// without a signature by an anchor in force counts for nothing.
trust_delivery take_trust_lists(const crypto::trust_list& before, std::span<const bytes> lists);

/// The content of the file `trust`: a signed list, and SHA-256 over it.
bytes trust_file_of(byte_view signed_list);
/// fault mismatch, malformed, limit, denied: the file is damaged. The signer was checked when the list came.
result<crypto::signed_trust_list> read_trust_file(byte_view content);

} // namespace muster::node
