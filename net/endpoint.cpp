#include "net/endpoint.hpp"

#include <charconv>

namespace muster::net {

namespace {

constexpr std::size_t longest_host = 253; // RFC 1035 in text form

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
         || std::string_view{".-_:%"}.find(c) != std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

} // namespace

result<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fault{errc::malformed, "endpoint: the port is missing"};
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  // Without brackets, the end of an IPv6 address could not be told from a port.
  if ((host.find(':') != std::string_view::npos) != bracketed)
    return fault{errc::malformed, "endpoint: put an IPv6 address, and nothing else, in brackets"};
  if (host.empty() || host.size() > longest_host || !std::ranges::all_of(host, is_host_character))
    return fault{errc::malformed, "endpoint: the host is not valid"};
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return fault{errc::malformed, "endpoint: the port is not valid"};
  return endpoint{std::string{host}, *port};
}

std::string to_string(const endpoint& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return (v6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

} // namespace muster::net
