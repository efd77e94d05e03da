// Where a socket listens or dials: "host:port". Pure.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace muster::net {

struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "127.0.0.1:4280", "ras.example.org:4280" or "[::1]:4280". The port is decimal, 0 to 65535 (0: the kernel
/// chooses one, for listeners of tests). A host has at most 253 characters, all letters, digits or `.-_:%`.
/// fault malformed: anything else.
result<endpoint> parse_endpoint(std::string_view text);

/// The text that `parse_endpoint` reads back.
std::string to_string(const endpoint& where);

} // namespace muster::net
