// What travels between Session, PrivacyCA and TrustMgr while a machine enrols (docs/protocol.md 2).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/standing.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace muster::service {

/// What the agent sends first. None of it is believed yet.
struct enrolment_request {
  std::vector<bytes> ek_certificates; ///< DER, the EK's own first; empty if the TPM has none
  bytes ek_public;                    ///< TPMT_PUBLIC
  bytes ak_public;                    ///< TPMT_PUBLIC
  bytes facts;                        ///< flat MachineFacts, hashed as sent
  bytes token;                        ///< empty, or 32 bytes
};

/// The channel on which the enrolment runs: the transcript binds it.
struct enrolment_channel {
  bytes node_spki;    ///< DER, of the client certificate of this very session
  bytes service_spki; ///< DER, of our certificate in it
  bytes32 exporter{};
  std::string source; ///< where the peer connects from: "address:port", "unix:uid=1000", "vsock:3:1025"
};

/// The secret and the nonce of one enrolment. Only its session holds it; it is used once, and wiped when it
/// dies.
class enrolment_in_progress;

/// A credential for the TPM to activate.
struct enrolment_challenge {
  bytes credential_blob;
  bytes encrypted_secret;
  bytes32 nonce{};
  std::shared_ptr<enrolment_in_progress> pending;
};

struct enrolment_proof {
  bytes hmac;
  bytes attest;    ///< TPMS_ATTEST
  bytes signature; ///< TPMT_SIGNATURE
};

/// A machine that proved possession of its TPM in this session. Only PrivacyCA makes one.
struct proven_machine {
  node_id id;
  bytes ek_public;
  bytes ak_public;
  bytes node_spki;
  bytes facts;
  std::vector<bytes> ek_chain{};         ///< DER as they came, the EK's own first; empty: none came
  endorsement level = endorsement::none; ///< that of the EK itself: vendor, or none
  std::string source;
  std::optional<bytes32> token{}; ///< `join_token_digest` of the token that came; not looked up yet
};

/// What to issue certificates for: exactly what TrustMgr admitted.
struct certificate_request {
  node_id id;
  bytes node_spki;               ///< DER
  bytes ak_public;               ///< TPMT_PUBLIC; empty for a renewal, which has no AK certificate
  muster::generation generation; ///< to be named by the AK certificate
};

struct issued_certificates {
  bytes node_certificate;        ///< DER
  std::vector<bytes> node_chain; ///< DER, leaf's issuer first, without the anchor
  bytes ak_certificate;          ///< DER; empty in a renewal
  std::vector<bytes> ak_chain;   ///< DER, its issuer first, without the anchor
  muster::generation generation; ///< that the AK certificate names
  bytes serial;                  ///< of the node certificate
};

} // namespace muster::service
