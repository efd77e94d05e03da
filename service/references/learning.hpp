// From what is on record about canaries to a reference set. Reads the store through its port.
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
  std::string name;     ///< empty: it has none, or is not known
  std::string obstacle; ///< why nothing is learnt from it yet; empty: it is ready
};

/// What canaries agree on.
struct learnt {
  appraisal::quorum_extraction from;
  std::vector<node_id> learnt_from; ///< the canaries that were ready
};

/// What canaries are, and what they teach. fault denied: fewer than `quorum` are ready; names the first that
/// is not and why. fault conflict: as `extract_quorum`.
struct lesson {
  std::vector<canary_state> canaries;
  result<learnt> taught;
};

/// fault denied: a canary that is of another group; it could never teach. fault not_found: there is no such
/// machine.
status check_canaries(const store_reader& store, const campaign& in);

/// Each canary of the campaign; one whose newest evidence is from before the campaign has shown nothing yet.
std::vector<canary_state> look_at_canaries(const store_reader& store, const campaign& in,
                                           const appraisal_context& context);

/// What at least `in.quorum` of the ready canaries agree on. Reads all their claims: seconds for many of
/// them.
lesson learn(const store_reader& store, const campaign& in, const appraisal_context& context);

/// While this stays the same, so does what `learn` gives: a hash over what is on record about the canaries,
/// and over what they are appraised with. Costs a few reads for each canary.
bytes32 mark_of_lesson(const store_reader& store, const campaign& in, const appraisal_context& context);

} // namespace muster::service
