// What the machines of one group are appraised with.
#pragma once

#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/ids.hpp"

#include <map>
#include <memory>
#include <string>

namespace muster::service {

/// The policies by which groups are judged. Immutable once published.
struct policies_in_force {
  std::shared_ptr<const appraisal::policy> base; ///< for groups without a policy of their own; never null
  std::map<std::string, std::shared_ptr<const appraisal::policy>> of_group; ///< none is null
};

/// Immutable; shared by every session of the group. `version` rises, over all groups, with each change of a
/// set or policy in force. A record with an older appraisal version must be appraised again.
struct appraisal_context {
  std::string group;
  std::uint64_t version = 0;
  std::shared_ptr<const appraisal::reference_set> reference; ///< null: the group has none
  bytes32 reference_digest{};                                ///< zero if it has none
  std::shared_ptr<const appraisal::reference_set> staged;    ///< the next one, while an upgrade is under way
  bytes32 staged_digest{};                                   ///< zero if there is none
  std::shared_ptr<const appraisal::policy> policy;           ///< never null
  bytes32 policy_digest{};
  /// Why the group's record, or one of its sets, cannot be read; empty: they can. If it is set, nothing is
  /// appraised by this context, so that no record of the group's machines gets better.
  std::string damage;
  appraisal::hash_seed seed{}; ///< of this process

  appraisal::reference_choice choice() const noexcept { return {reference.get(), staged.get()}; }
};

using context_ptr = std::shared_ptr<const appraisal_context>;

} // namespace muster::service
