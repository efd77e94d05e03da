#include "appraisal/bundle/bundle_frames.hpp"

#include "messages/vocabulary/cursor.hpp"

namespace muster::appraisal {

result<std::optional<frame>> bundle_frames::next() {
  cursor in{byte_view{rest_}.subspan(used_)};
  if (in.left() >= head_size) {
    const auto size = in.u32_le();
    if (in.u32_le() != 0) return fault{errc::malformed, "bundle: what follows is not a part of a bundle"};
    if (size == 0 || size > max_part)
      return fault{errc::limit, "bundle: a part that is empty or over 64 MiB"};
    if (in.left() >= size) {
      auto out = frame::copy_of(in.take(size));
      used_ += head_size + size;
      offset_ += head_size + size;
      return std::optional{std::move(out)};
    }
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used_));
  used_ = 0;
  return std::optional<frame>{};
}

status bundle_frames::end() const {
  if (used_ == rest_.size()) return {};
  return fault{errc::malformed, "bundle: it ends in the middle of a part"};
}

std::array<std::uint8_t, bundle_frames::head_size> frame_head(byte_view message) noexcept {
  std::array<std::uint8_t, bundle_frames::head_size> out{};
  for (unsigned i = 0; i < 4; ++i)
    out[i] = static_cast<std::uint8_t>(message.size() >> (8 * i));
  return out;
}

} // namespace muster::appraisal
