// The file with the credentials for a proxy. Adapter.
#pragma once

#include "net/connect.hpp"

namespace muster::net {

/// `via` with the credentials of `file`; without any if `file` is empty. The file is a regular one, belongs to
/// this user or to root, and nobody else has any right to it.
/// fault not_found; denied: of somebody else, or open to others; malformed: not one line user:password; io. It
/// begins with the file and never quotes from it.
result<proxy_route> load_proxy_route(const proxy_endpoint& via, const std::string& file);

} // namespace muster::net
