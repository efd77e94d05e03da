#include "tests/simulation/clear_channel.hpp"

namespace muster::simulation {

result<net::channel::arrival> clear_channel::feed(byte_view chunk) {
  arrival out;
  out.opened = !std::exchange(shaken_, true);
  open_ = open_ || out.opened;
  if (auto read = reader_.feed(chunk, out.frames); !read) return read.fault();
  return out;
}

status clear_channel::send(byte_view payload) {
  if (!open_) return fault{errc::conflict, "channel: not open"};
  const auto framed = net::make_frame(payload);
  output_.insert(output_.end(), framed.begin(), framed.end());
  return {};
}

} // namespace muster::simulation
