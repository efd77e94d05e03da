// What the service's log (docs/log.md) proves of a bundle: that the certificate of its AK and its quote were
// entered, and were there when a head was signed. Pure.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <vector>

namespace muster::appraisal {

struct bundle_header;

/// Records of the log, and how they lie under one head. Nothing of it is verified.
struct log_proof {
  struct record {
    std::uint64_t leaf = 0;
    bytes entry;               ///< canonical records::AuditEntry
    std::vector<bytes32> path; ///< RFC 9162, 2.1.3.1
  };
  bytes head; ///< crypto/log_head.hpp
  std::vector<record> records;
};

/// Most records in one proof.
inline constexpr std::size_t max_log_proof = 4;

/// How a record of the log names an AK's certificate (DER) or a quote (TPMS_ATTEST): by SHA-256.
std::string ak_certificate_words(byte_view certificate);
std::string quote_words(byte_view attest);

/// What `verify_log_proof` found proven: both records, and that they are older than the head.
struct proven_time {
  std::uint64_t certificate = 0; ///< number of the record
  std::uint64_t quote = 0;       ///< number of the record
  std::uint64_t size = 0;        ///< of the head
  wall_time signed_at;           ///< of the head: the service's clock, under its signature
};

/// Checks, with `log_key`, which the caller trusts (log.pem, kept elsewhere):
///   1. that key signed the head
///   2. each record is a leaf of the tree under it
///   3. one says that the header's AK certificate was issued to the header's node, another that a verdict of
///      this node changed by the header's quote
/// fault not_found: there is no proof, or it is of other records; the fault says which. mismatch, malformed:
/// there is one, and it does not hold.
result<proven_time> verify_log_proof(const bundle_header& header, const crypto::public_key& log_key);

} // namespace muster::appraisal
