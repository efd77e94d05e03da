#include "messages/vocabulary/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view vsock_prefix = "vsock:";
constexpr std::string_view any_cid = "any";
constexpr std::string_view http_prefix = "http://";
constexpr std::string_view socks5_prefix = "socks5://";

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

fault expected(std::string_view what) { return {errc::malformed, "expected " + std::string{what}}; }

// Decimal, 1 to `most`, without sign or leading zero.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t most) {
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || text.front() == '0' || error != std::errc{} || end != text.data() + text.size()
      || out > most)
    return std::nullopt;
  return out;
}

// Whether the text has the form of a DNS name or an IPv4 address.
bool is_host(std::string_view text) {
  const auto allowed = [](char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, allowed) && text.front() != '-'
         && text.front() != '.' && text.find("..") == std::string_view::npos;
}

// An IPv6 address, perhaps with the zone of a link (RFC 4007 11).
bool is_ipv6(std::string_view text) {
  const auto allowed = [](char c) { return is_digit(c) || is_letter(c) || c == ':' || c == '.' || c == '%'; };
  return text.size() >= 2 && text.size() <= 63 && text.find(':') != std::string_view::npos
         && std::ranges::all_of(text, allowed);
}

std::optional<tcp_address> parse_tcp(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1), 65'535);
  // Without brackets, the end of an IPv6 address could not be told from a port.
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!port || !(bracketed ? is_ipv6(host) : is_host(host))) return std::nullopt;
  return tcp_address{std::string{host}, static_cast<std::uint16_t>(*port)};
}

result<endpoint> parse_unix(std::string_view path) {
  const auto unprintable = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!is_absolute_path(path) || path.size() > longest_unix_path || std::ranges::any_of(path, unprintable))
    return expected("unix: and an absolute path of at most 107 bytes such as unix:/run/muster/agents/sock");
  return endpoint{unix_address{std::string{path}}};
}

result<endpoint> parse_vsock(std::string_view text) {
  const auto colon = text.find(':');
  const auto word = text.substr(0, colon);
  const auto cid = word == any_cid ? std::optional{vsock_address::any}
                   : word == "0"   ? std::optional{std::uint32_t{0}}
                                   : parse_number(word, vsock_address::any - 1);
  const auto port = colon == std::string_view::npos
                        ? std::nullopt
                        : parse_number(text.substr(colon + 1), vsock_address::any - 1);
  if (!cid || !port)
    return expected("vsock:CID:PORT in decimal, such as vsock:2:4280 for the host that runs this virtual "
                    "machine, or vsock:any:4280 to listen");
  return endpoint{vsock_address{*cid, *port}};
}

std::string text_of(const tcp_address& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return (v6 ? '[' + where.host + ']' : where.host) + ':' + std::to_string(where.port);
}

std::string text_of(const unix_address& where) { return std::string{unix_prefix} + where.path; }

std::string text_of(const vsock_address& where) {
  return std::string{vsock_prefix}
         + (where.cid == vsock_address::any ? std::string{any_cid} : std::to_string(where.cid)) + ':'
         + std::to_string(where.port);
}

} // namespace

result<endpoint> parse_endpoint(std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
  if (text.starts_with(vsock_prefix)) return parse_vsock(text.substr(vsock_prefix.size()));
  auto tcp = parse_tcp(text);
  if (!tcp) return expected(endpoint_forms);
  return endpoint{*std::move(tcp)};
}

std::string to_string(const endpoint& where) {
  return std::visit([](const auto& one) { return text_of(one); }, where.at);
}

bool is_absolute_path(std::string_view path) noexcept {
  if (path.size() < 2 || path.size() > 4095 || path.front() != '/') return false;
  for (auto rest = path; !rest.empty();) {
    rest.remove_prefix(1);
    const auto component = rest.substr(0, rest.find('/'));
    if (component.empty() || component == "." || component == "..") return false;
    rest.remove_prefix(component.size());
  }
  return true;
}

result<proxy_endpoint> parse_proxy(std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    return expected(std::string{proxy_forms}
                    + " without user and password: write user:password into a file of mode 0600 and its name "
                      "into via_credentials");
  using way = proxy_endpoint::way;
  const bool http = text.starts_with(http_prefix);
  if (!http && !text.starts_with(socks5_prefix)) return expected(proxy_forms);
  auto at = parse_tcp(text.substr(http ? http_prefix.size() : socks5_prefix.size()));
  if (!at) return expected(proxy_forms);
  return proxy_endpoint{http ? way::http_connect : way::socks5, *std::move(at)};
}

std::string to_string(const proxy_endpoint& proxy) {
  const auto prefix = proxy.how == proxy_endpoint::way::http_connect ? http_prefix : socks5_prefix;
  return std::string{prefix} + text_of(proxy.at);
}

} // namespace muster
