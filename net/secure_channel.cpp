#include "net/secure_channel.hpp"

namespace muster::net {

secure_channel::secure_channel(tls_engine engine) noexcept
    : engine_{std::move(engine)}, reader_{0}, max_payload_{0} {}

result<secure_channel::arrival> secure_channel::feed(byte_view ciphertext) {
  arrival out;
  bytes plaintext;
  if (auto fed = engine_.feed(ciphertext, plaintext); !fed) return fed.fault();
  if (const bool shaken = !engine_.peer().spki.empty(); shaken && max_payload_ == 0) {
    out.opened = true; // even if the same chunk also closed the channel
    max_payload_ = max_payload_of(engine_.peer().protocol);
    reader_.set_max_payload(max_payload_);
  }
  if (auto read = reader_.feed(plaintext, out.frames); !read) {
    engine_.close();
    return read.fault();
  }
  out.closed = engine_.state() == tls_engine::phase::closed;
  if (out.closed && !reader_.at_boundary())
    return fault{errc::malformed, "frame: the stream ends within a frame"};
  return out;
}

status secure_channel::send(byte_view payload) {
  if (!open()) return fault{errc::conflict, "channel: not open"};
  if (payload.empty() || payload.size() > max_payload_)
    return fault{errc::limit, "channel: the payload is empty or too large"};
  return engine_.write(make_frame(payload));
}

} // namespace muster::net
