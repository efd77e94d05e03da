// What a group would look like under another set or policy, counted machine by machine. Pure.
#pragma once

#include "actors/service/survey.hpp"
#include "appraisal/attestation/reappraise.hpp"
#include "records/node_record.hpp"

namespace muster::service {

class trial {
public:
  /// A machine as it is now, and as it would be.
  void add(const node_record& node, const node_state& now, const appraisal::reappraisal& then);
  void add_without_claims(const node_state& now);
  void add_unreadable();

  trial_outcome finish() &&;

private:
  void count(const node_state& now, verdict then);

  trial_outcome out_;
  appraisal::cause_table causes_;
};

} // namespace muster::service
