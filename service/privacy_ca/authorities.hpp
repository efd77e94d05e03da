// The CA keys of the service on disk (docs/protocol.md 1).
#pragma once

#include "crypto/authority.hpp"
#include "crypto/trust_list.hpp"
#include "records/trust_lists.hpp"

#include <filesystem>

namespace muster::service {

/// A root, of which the service needs the certificate only, and an issuer for each purpose. The service's own
/// certificate for TLS belongs to it.
struct authorities {
  crypto::certificate root; ///< that signed `nodes` and `aks`
  crypto::authority nodes;
  crypto::authority aks;
  crypto::authority services;
  crypto::certificate service_certificate;
  crypto::private_key service_key;
  crypto::private_key log_heads; ///< signs heads of the log of records, and nothing else
  trust_lists lists;             ///< every one that machines were given, the oldest first
  crypto::trust_list in_force;   ///< the newest; of number 0: machines have the root as anchor
  bool root_key_here = false;    ///< it does not have to be, and is safer elsewhere
  std::string note; ///< why the service's certificate was made anew, for the log; empty: it was not
};

/// What the service shows agents.
struct service_identity {
  crypto::certificate certificate;
  crypto::private_key key;
  std::vector<crypto::certificate> chain; ///< leaf's issuer first, without the root
};

/// Why this certificate has to be made anew: another name, not valid yet (a clock was wrong), or less than 30
/// days of it are left. Empty: it will do.
std::string why_renew(const crypto::certificate& own, const std::string& service_name, wall_time now);

/// Makes another one, for 365 days, with a key of its own, and stores both.
result<service_identity> make_identity(const std::filesystem::path& folder, const crypto::authority& issuer,
                                       const std::string& service_name, wall_time now);

/// Whether what this issuer signs is believed under `anchors` at `at`. fault mismatch: it is an issuer for
/// something else; untrusted, expired: it is not.
status verify_issuer(const crypto::authority& issuer, std::span<const crypto::certificate> anchors,
                     crypto::purpose purpose, wall_time at);

/// NAME.pem and NAME.key of `folder`. fault io, not_found, malformed, mismatch, denied: others may read the
/// key.
result<crypto::authority> load_authority(const std::filesystem::path& folder, const char* name);
/// Stores both: the key first, since a certificate without its key would look like a CA that exists.
status store_pair(const std::filesystem::path& folder, const char* name,
                  const crypto::certificate& certificate, const crypto::private_key& key);
/// Where agents get their anchors: those of the newest list, or the root.
status publish_anchors(const std::filesystem::path& anchor, const std::vector<crypto::certificate>& anchors);

/// Loads them from `folder`, or makes them there on the first start: NAME.pem and NAME.key (mode 0600) for
/// each of root, nodes, aks, services and service, and log.key, whose public key stands in log.pem beside the
/// anchor for those who keep heads; the folder has mode 0700. root.key may be taken away after that. The
/// issuer of service TLS lives a year, the others ten. A rotation that was cut off is finished
/// (`trust_files`). The service's certificate is made anew where a file of it is not there or `why_renew`
/// says so, unless its issuer is over: then the old one stays, so that the service runs and a rotation can be
/// handed in; `note` tells. `anchor`: where the anchors of the newest list are written for agents, readable
/// for all. fault io: a file cannot be read or written; malformed, mismatch: it is not what its name says, or
/// the issuers are not of this root; denied: others may read a key; not_found: a part of a CA is gone. No
/// part of an existing CA is ever made again or replaced, but by a signed list: every machine would have to
/// be told.
result<authorities> load_authorities(const std::filesystem::path& folder, const std::filesystem::path& anchor,
                                     const std::string& service_name, wall_time now);

} // namespace muster::service
