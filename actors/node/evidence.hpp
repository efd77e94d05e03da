// What RAC Tools is asked to prove, and what it answers.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/evidence/enrolment.hpp"
#include "tpm/format/pcr_values.hpp"

namespace muster::node {

/// An enrolment's challenge, with the channel that it came through (docs/protocol.md 2.3).
struct enrolment_question {
  bytes credential_blob;  ///< TPM2B_ID_OBJECT contents
  bytes encrypted_secret; ///< TPM2B_ENCRYPTED_SECRET contents
  tpm::enrolment_session session;
};

struct enrolment_answer {
  bytes hmac;      ///< HMAC-SHA-256(secret, T)
  bytes attest;    ///< TPMS_ATTEST of a quote over sha256:0 with T
  bytes signature; ///< TPMT_SIGNATURE
};

/// An attestation's challenge, with the channel that it came through (docs/protocol.md 4).
struct evidence_order {
  attestation_number number;
  bytes32 nonce{};
  tpm::pcr_selection selection;
  bool want_boot_log = false;
  std::uint64_t ima_first = 0; ///< first wanted entry of the IMA log
  node_id node;
  bytes32 exporter{};
  bytes32 node_spki{}; ///< SHA-256 of the SPKI of the node's key
};

/// Part 0 of the evidence. The logs follow in parts (`read_atom` of RAC Tools).
struct quoted_evidence {
  attestation_number number;
  bytes manifest; ///< flat message Manifest, exactly as hashed
  bytes attest;
  bytes signature;
  tpm::pcr_values values; ///< read before the quote, so only hints
  bool last = false;      ///< no log follows
};

enum class log_kind : std::uint8_t { boot, ima };

struct log_part {
  attestation_number number;
  log_kind log = log_kind::ima;
  bytes body; ///< at most `max_log_part` bytes, cut anywhere; may be empty
  bool last = false;
};

inline constexpr std::size_t max_log_part = 256 * 1024;

} // namespace muster::node

MUSTER_LOCAL_MESSAGE(muster::node::enrolment_question)
MUSTER_LOCAL_MESSAGE(muster::result<muster::node::enrolment_answer>)
MUSTER_LOCAL_MESSAGE(muster::node::evidence_order)
MUSTER_LOCAL_MESSAGE(muster::result<muster::node::quoted_evidence>)
MUSTER_LOCAL_MESSAGE(muster::result<muster::node::log_part>)
MUSTER_LOCAL_MESSAGE(muster::attestation_number)
