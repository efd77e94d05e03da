// Asks a service, as a stranger, who it is. Blocks, for at most the time that it is given.
#pragma once

#include "checkup/service_lines.hpp"
#include "crypto/certificate.hpp"
#include "net/connect.hpp"

#include <chrono>
#include <optional>

namespace muster::checkup {

/// Whom to believe. Without anchors, anybody who speaks the protocol.
struct probe_trust {
  std::vector<crypto::certificate> anchors;
  std::optional<std::vector<bytes32>> issuers; ///< of the trust list in force; empty: there is none
  std::uint64_t list = 0;                      ///< its number
};

/// Connects, shakes hands on muster-enrol/1 with a key of its own, exchanges the hello, and hangs up. The
/// service learns of a stranger that asked for nothing: no record is made of it. `anchor`: the file, for
/// remedies.
/// `via`: the proxy for TCP addresses; null: there is none.
service_facts probe_service(const endpoint& where, const net::proxy_route* via, const std::string& name,
                            const std::string& anchor, const probe_trust& trust,
                            std::chrono::milliseconds limit);

} // namespace muster::checkup
