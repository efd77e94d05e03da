// What the service's log (docs/log.md) proves about a bundle: the log has a record of the AK's certificate
// and one of the quote, and both are older than a signed head. Pure.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <vector>

namespace muster::appraisal {

struct bundle_header;

/// Records of the log, and the Merkle paths from them to one head. Nothing in it is verified.
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

/// The words by which a record of the log names an AK's certificate (DER) or a quote (TPMS_ATTEST), with its
/// SHA-256.
std::string ak_certificate_words(byte_view certificate);
std::string quote_words(byte_view attest);

/// The result of `verify_log_proof`: both records are in the log and older than the head.
struct proven_time {
  std::uint64_t certificate = 0; ///< number of the record
  std::uint64_t quote = 0;       ///< number of the record
  std::uint64_t size = 0;        ///< of the head
  wall_time signed_at;           ///< of the head: the service's clock, under its signature
};

/// Checks the proof with `log_key`, which the caller trusts and has from elsewhere (log.pem):
///   1. that key signed the head
///   2. each record is a leaf of the tree under the head
///   3. one record says that the header's AK certificate was issued to the header's node; another says that
///      the header's quote changed the verdict of that node
/// fault not_found: there is no proof, or it is of other records; the fault says which. fault mismatch,
/// malformed: there is a proof, and it does not hold.
result<proven_time> verify_log_proof(const bundle_header& header, const crypto::public_key& log_key);

} // namespace muster::appraisal
