#include "net/frame_codec.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::net {

status frame_reader::begin_payload() noexcept {
  cursor in{header_};
  //   UINT32 length, little-endian
  const std::size_t length = in.u32_le();
  //   UINT32 zero
  if (in.u32_le() != 0) return fault{errc::malformed, "frame: reserved bits are set"};
  if (length == 0) return fault{errc::malformed, "frame: length is 0"};
  if (length > max_payload_) return fault{errc::limit, "frame: length is over the limit of the channel"};
  expected_ = length;
  return {};
}

status frame_reader::feed(byte_view stream, std::vector<bytes>& out) {
  if (broken_) return fault{errc::malformed, "frame: the stream is broken"};
  while (!stream.empty()) {
    if (header_size_ < frame_header_size) {
      const auto n = std::min(stream.size(), frame_header_size - header_size_);
      std::ranges::copy(stream.first(n), header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
      header_size_ += n;
      stream = stream.subspan(n);
      if (header_size_ < frame_header_size) return {};
      if (auto begun = begin_payload(); !begun) {
        broken_ = true;
        return begun;
      }
    }
    const auto n = std::min(stream.size(), expected_ - payload_.size());
    // Allocate only for bytes that are here: a payload that arrives in one piece gets its exact size.
    append(payload_, stream.first(n));
    stream = stream.subspan(n);
    if (payload_.size() == expected_) {
      out.push_back(std::exchange(payload_, {}));
      header_size_ = 0;
    }
  }
  return {};
}

bytes make_frame(byte_view payload) {
  writer out;
  out.u32_le(static_cast<std::uint32_t>(payload.size())).u32_le(0).put(payload);
  return out.take();
}

} // namespace muster::net
