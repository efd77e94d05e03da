// What KJ lets pass in the head of a request, and another parser on the way reads otherwise. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace muster::service::rest_api {

/// Looks at all that comes in on a connection, in whatever pieces, before KJ reads it. The first byte that
/// makes a head no HTTP/1.x (RFC 9112) is replaced by NUL, at which KJ refuses the head with status 400 and
/// closes the connection:
///   - a request line that does not end with a blank and HTTP/1.0 or HTTP/1.1
///   - a carriage return that no line feed follows, in or behind a header (2.2): to KJ it ends a line
///   - a blank in or behind the name of a header, before its colon (5.1), and at the beginning of a line
///   (5.2)
/// Where the next head begins follows from Content-Length as `connection` takes it: with any other framing
/// that one ends the connection.
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
  bool first_of_line_ = true; ///< of a header
  std::size_t matched_ = 0;   ///< of the version, or of the name of the length's header
  bool is_length_ = false;
  std::uint64_t length_ = 0; ///< of the body; while it is skipped: what is left
};

} // namespace muster::service::rest_api
