// The request target of HTTP (RFC 9112, 3.2.1 origin-form) in its parts. Pure.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::service::rest_api {

/// "/v1/nodes/a%20b?limit=5" is {"v1", "nodes", "a b"} and {{"limit", "5"}}. Decoded once, each part by
/// itself, so that an encoded slash is part of a segment and never makes one.
struct target {
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query; ///< in order; a key comes at most once
};

/// Refused (malformed): what does not begin with '/', a fragment, octets that a URI cannot have, '%' without
/// two digits of hex, what decodes to a control character or to something that is not ASCII, empty segments,
/// "." and "..", a query member without '=', a key that comes twice. limit: over 2,048 characters, 8 segments
/// or 16 members.
result<target> parse_target(std::string_view text);

} // namespace muster::service::rest_api
