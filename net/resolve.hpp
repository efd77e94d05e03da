// The addresses that a name stands for. Adapter.
#pragma once

#include "messages/vocabulary/endpoint.hpp"

#include <memory>
#include <netdb.h>

namespace muster::net {

struct free_addresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, free_addresses>;

/// Null if the name does not resolve. `flags`: of getaddrinfo(3). Blocks, with the resolver's own timeouts.
address_list resolve(const tcp_address& where, int flags);

} // namespace muster::net
