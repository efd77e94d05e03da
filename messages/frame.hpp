// One message as received, or as it will be sent: bytes that no longer change.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <memory>

namespace muster {

/// An immutable buffer on an 8-byte boundary, shared by all copies of this object. A copy costs one reference
/// count and may go to another thread. The content is not checked; `parse_view` does that.
class frame {
public:
  /// The empty frame.
  frame() noexcept = default;

  /// Takes ownership of `content`, without a copy.
  static frame adopt(bytes content);
  /// Copies `content` into a buffer of its own.
  static frame copy_of(byte_view content);

  /// `part` as a frame of its own, for a message that is carried inside a message. Shares the buffer if
  /// `part` lies inside it on an 8-byte boundary, as Data in a Cap'n Proto message does; otherwise copies.
  frame inner(byte_view part) const;

  /// Keeps the bytes alive after this object is gone.
  std::shared_ptr<const void> owner() const noexcept { return owner_; }

  byte_view view() const noexcept { return content_; }
  std::size_t size() const noexcept { return content_.size(); }
  bool empty() const noexcept { return content_.empty(); }

private:
  frame(std::shared_ptr<const bytes> owner, byte_view content) noexcept
      : owner_{std::move(owner)}, content_{content} {}

  std::shared_ptr<const bytes> owner_;
  byte_view content_;
};

} // namespace muster
