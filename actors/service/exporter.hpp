// EXPORTER: evidence on record as a bundle that verifies anywhere (docs/evidence.md).
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/spool_file.hpp"
#include "messages/vocabulary/ids.hpp"

#include <caf/typed_actor.hpp>

#include <optional>

namespace muster::service {

struct evidence_request {
  node_id node;
  std::optional<attestation_number> number; ///< empty: the newest attestation that verified
  std::string by;                           ///< who asks
};

using exported_evidence = result<std::shared_ptr<const spool_file>>;

/// Runs detached: it reads logs of hundreds of megabytes and verifies them again.
using exporter_actor = caf::typed_actor<
    // fault not_found: no evidence of that node or attestation is kept; conflict: the kept evidence no longer
    // verifies; busy: too many bundles are being fetched; limit: larger than a bundle may be.
    caf::replies_to<evidence_request>::with<exported_evidence>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::evidence_request)
MUSTER_LOCAL_MESSAGE(muster::service::exported_evidence)
