// Where a program listens or dials, and the proxy that it dials through. Pure; nothing is resolved here.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace muster {

/// A host and a TCP port. The host is an IPv4 address, an IPv6 address (without its brackets) or a DNS name.
struct tcp_address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const tcp_address&, const tcp_address&) = default;
};

/// A Unix socket, by its file.
struct unix_address {
  std::string path;
  friend bool operator==(const unix_address&, const unix_address&) = default;
};

/// A port of a virtual machine or of its host (vsock(7)).
struct vsock_address {
  static constexpr std::uint32_t any = 0xffff'ffff; ///< VMADDR_CID_ANY: every CID of this machine, to listen
  std::uint32_t cid = any;
  std::uint32_t port = 0;
  friend bool operator==(const vsock_address&, const vsock_address&) = default;
};

/// One of the three. Port 0 of TCP and of vsock means that the kernel chooses one; no text says so.
struct endpoint {
  std::variant<tcp_address, unix_address, vsock_address> at;

  endpoint() = default;
  endpoint(std::string host, std::uint16_t port) : at{tcp_address{std::move(host), port}} {}
  endpoint(tcp_address where) : at{std::move(where)} {}
  endpoint(unix_address where) : at{std::move(where)} {}
  endpoint(vsock_address where) : at{where} {}

  /// Null if it is not of TCP.
  const tcp_address* tcp() const noexcept { return std::get_if<tcp_address>(&at); }

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// What `parse_endpoint` accepts, for faults.
inline constexpr std::string_view endpoint_forms =
    "an address and a port such as 192.0.2.1:4280, [2001:db8::1]:4280 or muster.example.org:4280, a Unix "
    "socket such as unix:/run/muster/agents/sock, or a port of a host or virtual machine such as "
    "vsock:2:4280";

/// The longest path that a Unix socket can have (unix(7): sun_path without its NUL).
inline constexpr std::size_t longest_unix_path = 107;

/// "host:port", "[IPv6 address]:port", "unix:/path" or "vsock:CID:PORT", where the CID may be "any". TCP ports
/// are 1 to 65535, and those of vsock 1 to 4294967294; numbers are decimal, without sign or leading zero. A
/// path has one spelling (`is_absolute_path`) and no control characters.
/// fault malformed: anything else. The fault says what was expected, and for a form that was recognized, only
/// that form.
result<endpoint> parse_endpoint(std::string_view text);

/// The text that `parse_endpoint` reads back.
std::string to_string(const endpoint& where);

/// Whether the path is absolute and in its one spelling: no "." or ".." or empty component, no "/" at the
/// end, at most 4,095 bytes. "/" itself is not.
bool is_absolute_path(std::string_view path) noexcept;

/// A server that connects us to TCP addresses.
struct proxy_endpoint {
  enum class way : std::uint8_t {
    http_connect, ///< RFC 9110 9.3.6
    socks5        ///< RFC 1928; the server resolves names
  };
  way how = way::http_connect;
  tcp_address at;
  friend bool operator==(const proxy_endpoint&, const proxy_endpoint&) = default;
};

inline constexpr std::string_view proxy_forms =
    "a proxy such as http://proxy.example.org:3128 or socks5://192.0.2.1:1080";

/// "http://host:port" or "socks5://host:port". Credentials in it are refused: a configuration is read by more
/// people than a secret may be. A caller does not show a text that has an "@".
/// fault malformed.
result<proxy_endpoint> parse_proxy(std::string_view text);

/// The text that `parse_proxy` reads back.
std::string to_string(const proxy_endpoint& proxy);

} // namespace muster
