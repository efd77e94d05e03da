// The CA keys of the service on disk (docs/protocol.md 1).
#pragma once

#include "crypto/authority.hpp"

#include <filesystem>

namespace muster::service {

/// One root, and an issuer for each purpose. The service's own certificate for TLS belongs to it.
struct authorities {
  crypto::authority root;
  crypto::authority nodes;
  crypto::authority aks;
  crypto::authority services;
  crypto::certificate service_certificate;
  crypto::private_key service_key;
  std::vector<crypto::certificate> service_chain; ///< leaf's issuer first, without the root
  crypto::private_key log_heads;                  ///< signs heads of the log of records, and nothing else
  std::string note; ///< why the service's certificate was made anew, for the log; empty: it was not
};

/// What the service shows agents.
struct service_identity {
  crypto::certificate certificate;
  crypto::private_key key;
};

/// Why this certificate has to be made anew: another name, not valid yet (a clock was wrong), or less than 30
/// days of it are left. Empty: it will do.
std::string why_renew(const crypto::certificate& own, const std::string& service_name, wall_time now);

/// Makes another one, for 365 days, with a key of its own, and stores both.
result<service_identity> make_identity(const std::filesystem::path& folder, const crypto::authority& issuer,
                                       const std::string& service_name, wall_time now);

/// Loads them from `folder`, or makes them there on the first start: NAME.pem and NAME.key (mode 0600) for
/// each of root, nodes, aks, services and service, and log.key, whose public key stands in log.pem beside the
/// anchor for those who keep heads; the folder has mode 0700. The service's certificate is
/// made anew where a file of it is not there or `why_renew` says so; `note` tells. `anchor`: where the root's
/// certificate is written for agents, readable for all. fault io: a file cannot be read or written;
/// malformed, mismatch: it is not what its name says, or the issuers are not of this root; denied: others may
/// read a key; not_found: a part of a CA is gone. No part of an existing CA is ever made
/// again or replaced: every machine would have to be told.
result<authorities> load_authorities(const std::filesystem::path& folder, const std::filesystem::path& anchor,
                                     const std::string& service_name, wall_time now);

} // namespace muster::service
