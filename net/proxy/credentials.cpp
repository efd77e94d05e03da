#include "net/proxy/credentials.hpp"

namespace muster::net {

result<proxy_credentials> parse_proxy_credentials(const crypto::secret& content) {
  constexpr std::size_t longest = 255;
  auto line = as_text(content.view());
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto colon = line.find(':');
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (colon == std::string_view::npos || colon == 0 || colon > longest || line.size() - colon - 1 > longest
      || line.size() == colon + 1 || std::ranges::any_of(line, control))
    return fault{errc::malformed,
                 "expected one line user:password, each with 1 to 255 bytes and without control characters"};
  return proxy_credentials{crypto::secret{to_bytes(as_bytes(line))}, colon};
}

} // namespace muster::net
