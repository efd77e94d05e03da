// SOCKS5: asks a SOCKS proxy for a connection (RFC 1928), with user and password if it wants them (RFC 1929).
#pragma once

#include "messages/vocabulary/endpoint.hpp"
#include "net/proxy/credentials.hpp"

namespace muster::net {

/// One negotiation: method, perhaps user and password, request.
class socks5 {
public:
  /// Asks for `where`; a name is resolved by the proxy. `own` is null if the proxy wants no credentials; it
  /// must live as long as this.
  /// fault malformed: the address has a zone, or is no IPv6 address although it has colons.
  static result<socks5> ask(const tcp_address& where, const proxy_credentials* own);

  /// The bytes to send now; empty if there are none. They may hold the credentials, so they are wiped.
  crypto::secret take_output() noexcept { return std::move(output_); }

  /// Takes the next bytes from the proxy. Returns how many were taken: all, unless the last answer is over, so
  /// that those after it are the service's, or there is output to send first.
  /// fault denied: the proxy refuses us or the service; busy: it cannot connect now; malformed: it is no
  /// SOCKS5 proxy. Not to be called again after a fault.
  result<std::size_t> feed(byte_view input);

  /// Whether the connection to the service is there.
  bool open() const noexcept { return step_ == step::open; }

  /// What it means that the proxy hung up before that.
  fault ended() const;

private:
  enum class step : std::uint8_t { method, credentials, reply, open };

  socks5(bytes request, const proxy_credentials* own);

  status judge();
  status chose(std::uint8_t method);
  status replied();

  const proxy_credentials* own_;
  bytes request_;
  crypto::secret output_;
  step step_ = step::method;
  bytes answer_;         ///< to the last of our messages, so far
  std::size_t size_ = 2; ///< of that answer, as far as it is known
};

} // namespace muster::net
