// A bundle as bytes: a sequence of frames, each with a flat message (schemas/bundle.capnp). Pure.
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>

namespace muster::appraisal {

/// Cuts the bytes of a bundle into its parts: call `feed`, then `next` until it gives none. Holds the bytes
/// of one part and of one feed. Allocates nothing by a length that the bundle states.
class bundle_frames {
public:
  static constexpr std::size_t max_part = std::size_t{64} << 20U; ///< bytes
  static constexpr std::size_t head_size = 8;

  void feed(byte_view more) { append(rest_, more); }
  /// The next part, if all of it has arrived. fault malformed, limit: it is not a frame.
  result<std::optional<frame>> next();
  /// Where in the bundle the next part begins.
  std::uint64_t offset() const noexcept { return offset_; }
  /// fault malformed: bytes of an unfinished part are left.
  status end() const;

private:
  bytes rest_;
  std::size_t used_ = 0; // of rest_
  std::uint64_t offset_ = 0;
};

/// The eight bytes before `message`.
std::array<std::uint8_t, bundle_frames::head_size> frame_head(byte_view message) noexcept;

} // namespace muster::appraisal
