// One message as it came, or as it goes: bytes that nobody changes any more.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <memory>

namespace muster {

/// An immutable buffer on an 8-byte boundary, shared by all copies of this object: copying costs a reference
/// count, also between threads. Nothing is said about its content: `parse_view` does that.
class frame {
public:
  /// No bytes.
  frame() noexcept = default;

  /// Takes `content` over, without a copy.
  static frame adopt(bytes content);
  /// Copies `content` into a buffer of its own.
  static frame copy_of(byte_view content);

  /// `part` of this frame as a frame: shares the buffer if `part` lies inside it on an 8-byte boundary (Data
  /// in a Cap'n Proto message does), else copies. For a message that is carried inside a message.
  frame inner(byte_view part) const;

  /// Keeps the bytes alive beyond this object.
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
