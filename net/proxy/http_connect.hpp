// HTTP CONNECT: asks an HTTP proxy for a connection (RFC 9110 9.3.6, RFC 9112).
#pragma once

#include "messages/vocabulary/endpoint.hpp"
#include "net/proxy/credentials.hpp"

#include <optional>

namespace muster::net {

/// One request and its answer.
class http_connect {
public:
  /// The most bytes of a header, over all interim answers.
  static constexpr std::size_t max_header = 8 * 1024;

  /// Asks for `where`. `own` is null if the proxy wants no credentials; it must live until `take_output`.
  /// fault malformed: the address has a zone, which means nothing at another machine.
  static result<http_connect> ask(const tcp_address& where, const proxy_credentials* own);

  /// The bytes to send now; empty if there are none. They hold the credentials, so they are wiped.
  crypto::secret take_output() noexcept { return std::move(output_); }

  /// Takes the next bytes from the proxy. Returns how many of them belong to its answer: all, unless the
  /// answer is over; those after it are the service's.
  /// fault denied: the proxy refuses us or the service; busy: the proxy cannot connect now; malformed: it is
  /// no HTTP proxy; limit: the header is too long. Not to be called again after a fault.
  result<std::size_t> feed(byte_view input);

  /// Whether the connection to the service is there.
  bool open() const noexcept { return open_; }

  /// What it means that the proxy hung up before that.
  fault ended() const;

private:
  http_connect(bytes request, bool authorised) : output_{std::move(request)}, authorised_{authorised} {}

  status judge(unsigned code);

  crypto::secret output_;
  bool authorised_ = false; ///< credentials were sent
  bool open_ = false;
  std::string header_;           ///< of the answer so far
  std::optional<unsigned> code_; ///< of its first line, once that is whole
  std::size_t taken_ = 0;        ///< bytes of all headers
};

} // namespace muster::net
