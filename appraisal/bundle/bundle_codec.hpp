// The parts of a bundle as values (schemas/bundle.capnp).
#pragma once

#include "appraisal/bundle/bundle_log.hpp"
#include "appraisal/bundle/result_codec.hpp"
#include "schemas/bundle.capnp.h"

namespace muster::appraisal {

/// The node and the attestation that the evidence belongs to, and what the service says about them.
struct bundle_header {
  std::string software;
  node_id node;
  bytes ek_public; ///< TPMT_PUBLIC
  muster::generation generation;
  session_epoch epoch;
  attestation_number number;
  wall_time decided;
  std::shared_ptr<const kept_evidence> evidence; ///< never null
  bytes32 policy{};                              ///< digest
  std::vector<bytes32> references;               ///< digests
  // Proven by an anchor and by the key of the log.
  bytes ak_certificate{};        ///< DER; empty: none is kept
  std::vector<bytes> ak_chain{}; ///< DER, its issuer first, without the anchor
  std::optional<log_proof> log{};
  // Only the service's word.
  endorsement vouched_by = endorsement::none;
  std::string admitted_by;
  std::string name;
  std::string group;
  std::vector<finding> kept; ///< of kind evidence, event and identity
  verdict recorded = verdict::none;
  wall_time exported;
};

/// The one in force, and a staged one.
inline constexpr std::size_t max_bundle_references = 2;

/// Parts, as flat messages.
frame header_part(const bundle_header& in);
frame policy_part(byte_view record);
frame reference_part(std::uint8_t set, byte_view piece);
frame boot_log_part(byte_view piece);
frame ima_log_part(byte_view piece);
frame result_part(byte_view record);
frame end_part(const bytes32& chain);

/// fault malformed; unsupported: a newer program wrote it; mismatch: the node id is not that of the EK.
result<bundle_header> header_from(bundle::Header::Reader in);

} // namespace muster::appraisal
