// The result of an attestation as a record, which the store keeps and a bundle carries.
#pragma once

#include "appraisal/claims/field_check.hpp"
#include "appraisal/claims/kept_evidence.hpp"
#include "messages/build.hpp"
#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/standing.hpp"
#include "schemas/records.capnp.h"

#include <memory>

namespace muster::appraisal {

struct result_content {
  node_id node;
  muster::generation generation;
  session_epoch epoch;
  attestation_number number;
  muster::verdict verdict = verdict::none;
  wall_time decided;
  std::vector<finding> findings;
  std::shared_ptr<const kept_evidence> evidence; ///< null: the result does not come from evidence
  std::optional<bytes32> reference;
  std::optional<bytes32> staged; ///< set of a staged upgrade, which counted as well
  std::optional<bytes32> policy;
  endorsement vouched_by = endorsement::none;
  std::uint32_t log =
      0; ///< number of the raw log that the quote covers; 0 in a bundle, and of failed evidence
};

/// Canonical: equal results are equal bytes.
record<records::Result> to_record(const result_content& in);

/// fault malformed: a field has a value that this version does not know.
result<result_content> result_from(const view<records::Result>& stored);

void put_evidence(records::Evidence::Builder out, const kept_evidence& in);
kept_evidence read_evidence(records::Evidence::Reader in, field_check& check);

/// The fields in which the two differ, by their names in the record. Of the findings it names only the first
/// difference.
std::vector<std::string> differences(const result_content& a, const result_content& b);

} // namespace muster::appraisal
