// The service's CA keys on disk (docs/protocol.md 1).
#pragma once

#include "crypto/authority.hpp"
#include "crypto/trust_list.hpp"
#include "records/trust_lists.hpp"

#include <filesystem>

namespace muster::service {

/// A root, an issuer for each purpose, and the service's own certificate for TLS. Of the root the service
/// needs only the certificate.
struct authorities {
  crypto::certificate root; ///< signed `nodes` and `aks`
  crypto::authority nodes;
  crypto::authority aks;
  crypto::authority services;
  crypto::certificate service_certificate;
  crypto::private_key service_key;
  crypto::private_key log_heads; ///< signs heads of the log of records, and nothing else
  trust_lists lists;             ///< every list that machines were given, the oldest first
  crypto::trust_list in_force;   ///< the newest list; number 0: machines have the root as anchor
  bool root_key_here = false;    ///< the root's key is not needed here, and is safer elsewhere
  std::string note; ///< for the log: why the service's certificate was renewed, or was not; may be empty
};

/// What the service shows to agents.
struct service_identity {
  crypto::certificate certificate;
  crypto::private_key key;
  std::vector<crypto::certificate> chain; ///< leaf's issuer first, without the root
};

/// Why this certificate has to be renewed: it is for another name, not valid yet (a clock was wrong), or has
/// less than 30 days left. Empty: no need.
std::string why_renew(const crypto::certificate& own, const std::string& service_name, wall_time now);

/// Makes a new certificate for 365 days, with a new key, and stores both.
result<service_identity> make_identity(const std::filesystem::path& folder, const crypto::authority& issuer,
                                       const std::string& service_name, wall_time now);

/// Checks that certificates of this issuer are trusted under `anchors` at the time `at`. fault mismatch: an
/// issuer for another purpose; untrusted, expired: they are not trusted.
status verify_issuer(const crypto::authority& issuer, std::span<const crypto::certificate> anchors,
                     crypto::purpose purpose, wall_time at);

/// Loads NAME.pem and NAME.key of `folder`. fault io; not_found; malformed; mismatch; denied: other users may
/// read the key.
result<crypto::authority> load_authority(const std::filesystem::path& folder, const char* name);
/// Stores NAME.key, then NAME.pem.
status store_pair(const std::filesystem::path& folder, const char* name,
                  const crypto::certificate& certificate, const crypto::private_key& key);
/// Writes the file from which agents get their anchors: those of the newest list, or the root.
status publish_anchors(const std::filesystem::path& anchor, const std::vector<crypto::certificate>& anchors);

/// Loads the authorities from `folder`, which gets mode 0700, or makes them there on the first start. The
/// files are NAME.pem and NAME.key (mode 0600) for each of root, nodes, aks, services and service, and
/// log.key. Its public key is in log.pem next to `anchor`, for those who keep log heads. root.key may be
/// taken away after the first start. The issuer of service TLS is valid for one year, the others for ten.
///
/// Finishes a rotation that was interrupted (`trust_files`). Renews the service's certificate if one of its
/// files is missing or `why_renew` has a reason. If its issuer has expired, the old certificate stays, so
/// that the service runs and a rotation can be handed in; `note` says so. The anchors of the newest list are
/// written to `anchor` for agents, readable for all.
///
/// No part of an existing CA is ever made again, nor replaced except by a signed list: every machine would
/// have to learn of it. fault io: a file cannot be read or written; malformed, mismatch: a file is not what
/// its name says, or the issuers do not belong to this root; denied: other users may read a key; not_found: a
/// part of a CA is missing.
result<authorities> load_authorities(const std::filesystem::path& folder, const std::filesystem::path& anchor,
                                     const std::string& service_name, wall_time now);

} // namespace muster::service
