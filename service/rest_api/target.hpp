// Splits the request target of HTTP (RFC 9112, 3.2.1 origin-form) into its parts. Pure.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::service::rest_api {

/// "/v1/nodes/a%20b?limit=5" is {"v1", "nodes", "a b"} and {{"limit", "5"}}. Each part is decoded once, by
/// itself, so an encoded slash is part of a segment and never separates two.
struct target {
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query; ///< in order; a key comes at most once
};

/// fault malformed: no '/' at the beginning, a fragment, octets that a URI cannot have, '%' without two hex
/// digits, an escape that decodes to a control character or to a non-ASCII one, empty segments, "." and "..",
/// a query member without '=', a repeated key; limit: over 2,048 characters, 8 segments or 16 members.
result<target> parse_target(std::string_view text);

} // namespace muster::service::rest_api
