// SURVEY: questions that read the whole fleet and take long, on a thread of its own.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/cache.hpp"
#include "appraisal/verdict/cause_table.hpp"
#include "messages/vocabulary/standing.hpp"
#include "records/context.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

/// A machine whose verdict would change.
struct trial_change {
  node_id node;
  std::string name;
  verdict from = verdict::none;
  verdict to = verdict::none;
  finding why; ///< the worst new finding; its check is empty if there is none
};

/// What a group would look like under another set or policy.
struct trial_outcome {
  static constexpr std::size_t max_changes = 1000;
  static constexpr std::size_t max_causes = 100;

  std::uint64_t machines = 0;       ///< enrolled machines of the group
  std::uint64_t without_claims = 0; ///< those without verified claims: nothing would change
  std::uint64_t unreadable = 0;     ///< those whose record is damaged, or lacks whether files are signed
  std::uint64_t good = 0;           ///< those whose verdict is affirming or warning, fresh or not
  std::uint64_t turning_bad = 0;    ///< of the good ones, those that would be contraindicated
  std::uint64_t bad = 0;            ///< of all machines, those that would be contraindicated
  std::uint64_t changing = 0;
  std::vector<trial_change> changes;    ///< the first `max_changes`
  std::vector<appraisal::cause> causes; ///< of new findings, the worst first, at most `max_causes`
};

using trial_reply = result<std::shared_ptr<const trial_outcome>>;

using survey_actor = caf::typed_actor<
    // Appraises the recorded claims of all machines of the context's group under the context, and changes
    // nothing. fault busy: the service is stopping.
    caf::replies_to<try_atom, context_ptr>::with<trial_reply>,
    // rest::Incidents of a group, or of the fleet if the name is empty.
    caf::replies_to<incidents_atom, std::string>::with<rest_answer>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::trial_reply)
