// What `muster ca status` shows. Pure.
#pragma once

#include "crypto/trust_list.hpp"
#include "messages/frame.hpp"
#include "messages/vocabulary/ids.hpp"

#include <map>
#include <span>

namespace muster::service {

/// rest::TrustStatus. `enrolled`: the machines to count; `told`: the list that each machine last said it has,
/// if it said so; `present`: the issuer of the certificate that this service shows.
frame trust_status(const crypto::trust_list& in_force, const crypto::certificate& present,
                   std::span<const node_id> enrolled, const std::map<node_id, std::uint64_t>& told);

} // namespace muster::service
