// Trust lists as they reach this machine, and as it keeps them (docs/protocol.md 1). Pure.
#pragma once

#include "crypto/trust_list.hpp"

#include <optional>
#include <span>

namespace muster::node {

/// What became of lists that came together.
struct trust_delivery {
  crypto::trust_list now;      ///< in force from here on
  std::optional<bytes> newest; ///< the same, signed, as it came: to be kept. Nothing: `now` is as before
  std::optional<muster::fault> refused; ///< why the last one was not followed that was not
};

/// Follows each that an anchor in force signed and whose number is higher, in their order. The others are
/// passed over: a machine that was configured with the newest root alone cannot read what an older one
/// signed, and what nobody in force signed is as if it had not come.
trust_delivery take_trust_lists(const crypto::trust_list& before, std::span<const bytes> lists);

/// What the file `trust` holds: a signed list, and SHA-256 over it.
bytes trust_file_of(byte_view signed_list);
/// fault mismatch, malformed, limit, denied: it is damaged. Who signed it was asked when it came.
result<crypto::signed_trust_list> read_trust_file(byte_view content);

} // namespace muster::node
