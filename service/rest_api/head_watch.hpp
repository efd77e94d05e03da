// Stops request heads that KJ would accept but another parser on the way would read differently. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace muster::service::rest_api {

/// Checks all bytes of a connection, in whatever pieces they come, before KJ reads them. The first byte that
/// makes a head invalid as HTTP/1.x (RFC 9112) is replaced by NUL. KJ then refuses the head with status 400
/// and closes the connection. Invalid are:
///   - a request line that does not end with a blank and HTTP/1.0 or HTTP/1.1
///   - a carriage return without a line feed in or after a header (2.2): KJ takes it as the end of a line
///   - a blank in a header's name or between the name and its colon (5.1)
///   - a blank at the beginning of a header line (5.2)
/// The next head begins where Content-Length says, read as `connection` reads it. With any other framing
/// `connection` ends the connection.
class head_watch {
public:
  void look(std::span<char> incoming) noexcept;

private:
  enum class at : std::uint8_t { line, target, version, end_of_line, name, value, end_of_head, body, over };

  void take(char& c) noexcept;
  void take_line(char& c) noexcept;
  void take_version(char& c) noexcept;
  void take_name(char& c) noexcept;
  void take_value(char& c) noexcept;
  void end_head() noexcept;
  void refuse(char& c) noexcept;

  at at_ = at::line;
  bool first_of_line_ = true; ///< at the first byte of a header line
  std::size_t matched_ = 0;   ///< matched bytes of the version or of the name Content-Length
  bool is_length_ = false;
  std::uint64_t length_ = 0; ///< of the body; while the body is skipped: the bytes left
};

} // namespace muster::service::rest_api
