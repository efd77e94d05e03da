// Policies: what a start or a reload brings, and what the guard says about it.
#include "actors/service/store_it.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "records/record_codec.hpp"
#include "service/references/references.hpp"
#include "service/references/trial_guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::minutes policy_trial_timeout{10};
constexpr std::string_view for_a_reload =
    "the group keeps the policy in force; mend the file, or raise references.guard_percent, and reload";

std::string text_of_change(const policy_change& change) {
  return (change.group.empty() ? std::string{"all other groups"} : "group " + change.group) + ", policy "
         + to_hex(change.digest);
}

} // namespace

void references_state::change_policies(const policies_ptr& policies) {
  waiting_ = policies; // the newest count: older ones that still wait are dropped
  unstored_ = nullptr;
  if (!storing_) take_waiting_policies();
}

void references_state::take_waiting_policies() {
  const auto policies = std::exchange(waiting_, nullptr);
  if (!policies) return;
  storing_ = true;
  auto next = deps_.in_force;
  next.change(*policies);
  const auto reload = std::make_shared<policy_reload>();
  reload->asked = policies;
  reload->wanted = *policies;
  for (const auto& context : next.all())
    if (context->reference && context->version != deps_.in_force.of(context->group)->version)
      reload->untried.push_back(context);
  try_policies(reload);
}

/// Asks the guard about one group after the other. A group that it refuses keeps its policy, but no other
/// group does because of it: otherwise control of one machine would decide what the whole fleet is
/// judged by.
void references_state::try_policies(const policy_reload_ptr& reload) {
  if (reload->untried.empty()) return take_policies(*reload);
  const auto context = reload->untried.back();
  reload->untried.pop_back();
  const auto refuse = [this, reload, group = context->group](const fault& why) {
    deps_.log.error("policy.refused", {{"group", group}, runtime::fault_check(why)});
    reload->refused.emplace(group, why.check);
  };
  self_->request(deps_.survey, policy_trial_timeout, try_atom::value, context)
      .then(
          [this, reload, group = context->group, refuse](const trial_reply& tried) {
            const auto good =
                tried ? check_guard(**tried, group, deps_.rules->load()->guard_percent, for_a_reload)
                      : status{tried.fault()};
            if (!good) refuse(good.fault());
            try_policies(reload);
          },
          [this, reload, refuse](const caf::error&) {
            refuse({errc::timeout, "survey: no answer"});
            try_policies(reload);
          });
}

void references_state::take_policies(policy_reload& reload) {
  // The old policy becomes the group's own, even where it was the base: the base may be another one now.
  for (const auto& [group, why] : reload.refused)
    reload.wanted.of_group[group] = deps_.in_force.of(group)->policy;
  const auto next = std::make_shared<contexts>(deps_.in_force);
  next->change(reload.wanted);
  publish_policies(next, reload.refused, reload.asked);
}

/// Makes the policies of `next` durable, then puts them in force and tells TrustMgr. The refusals are
/// recorded with them, because the files on disk differ from what is in force from now on.
void references_state::publish_policies(const std::shared_ptr<contexts>& next,
                                        const std::map<std::string, std::string>& refused,
                                        const policies_ptr& asked) {
  const auto& changes = next->policy_changes();
  if (changes.empty() && refused.empty()) {
    refused_.clear();
    return free_for_others();
  }
  storing_ = true;
  write_batch batch;
  batch.put<tables::settings>(settings_key(), next->settings_record());
  for (const auto& context : next->all())
    batch.add_policy(to_record(*context->policy)); // what judged evidence may judge it again
  for (const auto& one : changes)
    batch.append_audit(audit_entry(now(), "service", "policy.change", {}, text_of_change(one)));
  for (const auto& [group, why] : refused)
    batch.append_audit(audit_entry(now(), "service", "policy.refused", {}, "group " + group + ": " + why));
  // The operator saw the reload succeed, and would not repeat it because the disk was full for a moment.
  const auto failed = [this, asked](const fault& why) {
    deps_.log.error(
        "policy.not_stored",
        {runtime::fault_check(why), {"what", "the previous policies stay in force; storing is retried"}});
    if (!waiting_) unstored_ = asked;
    free_for_others();
  };
  store_it(self_, deps_.store, std::move(batch).seal(),
           [this, next, failed, refused](const commit_outcome& stored) {
             if (!stored) return failed(stored.fault());
             refused_ = refused;
             for (const auto& one : next->policy_changes())
               deps_.log.info("policy.in_force", {{"group", one.group.empty() ? "all others" : one.group},
                                                  {"policy", to_hex(one.digest)}});
             next->stored();
             deps_.in_force = *next;
             for (const auto& context : deps_.in_force.all())
               tell(context);
             free_for_others();
           });
}

} // namespace muster::service
