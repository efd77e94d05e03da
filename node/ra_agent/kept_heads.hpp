// Signed heads of the service's log that this machine keeps as a witness (docs/protocol.md 8). Pure.
#pragma once

#include "crypto/log_head.hpp"

#include <optional>

namespace muster::node {

/// Two heads, often the same one. The first is the largest that ever came: a service that lost records cannot
/// match it. The second is the last that came: it counts again once an operator has acknowledged that loss.
///
/// Only the shape is checked. Heads come over the session, whose service proved itself by the anchor. A
/// service that wanted to mislead its own witnesses could sign whatever it gives them, and a service drops a
/// head that it never signed. A key to verify heads with would be one more thing to deliver and to follow.
class kept_heads {
public:
  /// Reads what `encode` wrote. Text that does not parse counts as no heads: the next reply brings one.
  static kept_heads parse(byte_view kept);

  /// Takes a head as it came. True: something changed and must be stored. Anything but exactly one head is
  /// dropped.
  bool take(byte_view head);

  /// Empty if there is no head.
  bytes encode() const;

  friend bool operator==(const kept_heads&, const kept_heads&) = default;

private:
  std::optional<crypto::signed_log_head> largest_;
  std::optional<crypto::signed_log_head> last_;
};

} // namespace muster::node
