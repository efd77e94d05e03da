// Signed heads of the service's log that this machine keeps as a witness (docs/protocol.md 8). Pure.
#pragma once

#include "crypto/log_head.hpp"

#include <optional>

namespace muster::node {

/// Two heads, and often they are one: the largest that ever came, which a service that lost records cannot
/// meet, and the last that came, which counts again once an operator has acknowledged that loss.
///
/// Only the shape is looked at. Heads come over the session, whose service proved itself by the anchor; a
/// service that wanted to spoil its own witnesses could sign what it gives them, and one that is given a head
/// that it never signed drops it. A key to verify with would be one more thing to deliver and to follow.
class kept_heads {
public:
  /// As `encode` wrote it. What does not parse is none: the next reply brings one.
  static kept_heads parse(byte_view kept);

  /// A head as it came. True if something changed and must be kept. What is not exactly one head is dropped.
  bool take(byte_view head);

  /// Of no head: empty.
  bytes encode() const;

  friend bool operator==(const kept_heads&, const kept_heads&) = default;

private:
  std::optional<crypto::signed_log_head> largest_;
  std::optional<crypto::signed_log_head> last_;
};

} // namespace muster::node
