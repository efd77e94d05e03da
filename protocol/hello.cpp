#include "protocol/hello.hpp"

#include "messages/build.hpp"

#include <algorithm>

namespace muster::service {

result<peer_hello> read_hello(wire::Hello::Reader hello) {
  if (hello.getMajor() != wire::MAJOR)
    return fault{errc::unsupported, "hello: this service speaks version " + std::to_string(wire::MAJOR)};
  peer_hello out;
  out.minor = std::min(hello.getMinor(), wire::MINOR);
  out.software = printable(text_of(hello.getSoftware()), 64);
  out.trust = hello.getTrust();
  const auto boot = bytes_of(hello.getBootId());
  if (boot.empty()) return out;
  out.boot.emplace();
  if (boot.size() != out.boot->raw.size()) return fault{errc::malformed, "hello: bootId is not 16 bytes"};
  std::ranges::copy(boot, out.boot->raw.begin());
  return out;
}

void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, wall_time now) {
  out.setMajor(wire::MAJOR);
  out.setMinor(wire::MINOR);
  out.setMaxFrame(max_frame);
  out.setSoftware("muster ras 0.1");
  out.setTimeMs(now.milliseconds);
}

void put_trust(capnp::List<capnp::Data>::Builder out, const std::vector<byte_view>& lists) {
  for (unsigned i = 0; i < lists.size(); ++i)
    out.set(i, data_of(lists[i]));
}

} // namespace muster::service
