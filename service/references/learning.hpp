// Learns a reference set from what is on record about canaries. Reads the store through its port.
#pragma once

#include "appraisal/extraction/extraction.hpp"
#include "records/campaign.hpp"
#include "records/context.hpp"
#include "records/node_record.hpp"
#include "records/store_port.hpp"

namespace muster::service {

/// A canary as it is now.
struct canary_state {
  node_id id;
  std::string name;     ///< empty if it has none, or the node is unknown
  std::string obstacle; ///< why it teaches nothing yet; empty: it is ready
};

/// What canaries agree on.
struct learnt {
  appraisal::quorum_extraction from;
  std::vector<node_id> learnt_from; ///< the canaries that were ready
};

/// The state of the canaries, and what they teach. fault denied: fewer than `quorum` are ready; the text
/// names the first that is not, and why. fault conflict: as for `extract_quorum`.
struct lesson {
  std::vector<canary_state> canaries;
  result<learnt> taught;
};

/// fault denied: a canary belongs to another group, so it could never teach. fault not_found: no such
/// machine.
status check_canaries(const store_reader& store, const campaign& in);

/// The state of each canary of the campaign. A canary whose newest evidence is older than the campaign has
/// shown nothing yet.
std::vector<canary_state> look_at_canaries(const store_reader& store, const campaign& in,
                                           const appraisal_context& context);

/// What at least `in.quorum` of the ready canaries agree on. Reads all their claims, which takes seconds for
/// many canaries.
lesson learn(const store_reader& store, const campaign& in, const appraisal_context& context);

/// A hash over what is on record about the canaries and what they are appraised with. While it stays the
/// same, so does the result of `learn`. Costs a few reads for each canary.
bytes32 mark_of_lesson(const store_reader& store, const campaign& in, const appraisal_context& context);

} // namespace muster::service
