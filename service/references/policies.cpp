// Policies: what a reload, or a start, brings, and what the guard says of it.
#include "appraisal/policy_record.hpp"
#include "records/record_codec.hpp"
#include "service/references/references.hpp"
#include "service/references/trial_guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::minutes policy_trial_timeout{10};
constexpr std::string_view for_a_reload =
    "the policies in force stay; mend the file, or raise references.guard_percent, and reload";

std::string text_of_change(const policy_change& change) {
  return (change.group.empty() ? std::string{"all other groups"} : "group " + change.group) + ", policy "
         + to_hex(change.digest);
}

} // namespace

void references_state::change_policies(const policies_ptr& policies) {
  waiting_ = policies; // the newest count: older ones that still wait are not asked any more
  if (!storing_) take_waiting_policies();
}

void references_state::take_waiting_policies() {
  const auto policies = std::exchange(waiting_, nullptr);
  if (!policies) return;
  storing_ = true;
  auto next = std::make_shared<contexts>(deps_.in_force);
  next->change(*policies);
  std::vector<context_ptr> changed;
  for (const auto& context : next->all())
    if (context->reference && context->version != deps_.in_force.of(context->group)->version)
      changed.push_back(context);
  try_policies(next, std::move(changed));
}

/// Asks the guard about one group after the other; a policy that one of them cannot take is taken by none.
void references_state::try_policies(const std::shared_ptr<contexts>& next, std::vector<context_ptr> left) {
  if (left.empty()) return publish_policies(next);
  const auto context = left.back();
  left.pop_back();
  const auto refused = [this](const fault& why) { refuse_policies(why); };
  self_->request(deps_.survey, policy_trial_timeout, try_atom::value, context)
      .then(
          [this, next, left = std::move(left), context, refused](const trial_reply& tried) mutable {
            if (!tried) return refused(tried.fault());
            const auto good =
                check_guard(**tried, context->group, deps_.rules->load()->guard_percent, for_a_reload);
            if (!good) return refused(good.fault());
            try_policies(next, std::move(left));
          },
          [refused](const caf::error&) {
            refused({errc::timeout, "survey: no answer"});
          });
}

/// The policies in force stay. On record, because the file on disk says otherwise from now on.
void references_state::refuse_policies(const fault& why) {
  deps_.log.error("policy.refused", {runtime::fault_check(why)});
  write_batch batch;
  batch.append_audit(audit_entry(now(), "service", "policy.refused", {}, why.check));
  self_->request(deps_.store, caf::infinite, commit_atom::value, std::move(batch).seal())
      .then(
          [this](const commit_outcome& stored) {
            if (!stored) deps_.log.error("policy.not_stored", {runtime::fault_check(stored.fault())});
            free_for_others();
          },
          [this](const caf::error&) { free_for_others(); });
}

/// Makes the policies of `next` durable, then takes them into force and tells TrustMgr.
void references_state::publish_policies(const std::shared_ptr<contexts>& next) {
  const auto& changes = next->policy_changes();
  if (changes.empty()) return free_for_others();
  storing_ = true;
  write_batch batch;
  batch.put<tables::settings>(settings_key(), next->settings_record());
  for (const auto& context : next->all())
    batch.add_policy(to_record(*context->policy)); // evidence can be judged again by what judged it
  for (const auto& one : changes)
    batch.append_audit(audit_entry(now(), "service", "policy.change", {}, text_of_change(one)));
  const auto failed = [this](const fault& why) {
    deps_.log.error("policy.not_stored", {runtime::fault_check(why)});
    free_for_others();
  };
  self_->request(deps_.store, caf::infinite, commit_atom::value, std::move(batch).seal())
      .then(
          [this, next, failed](const commit_outcome& stored) {
            if (!stored) return failed(stored.fault());
            for (const auto& one : next->policy_changes())
              deps_.log.info("policy.in_force", {{"group", one.group.empty() ? "all others" : one.group},
                                                 {"policy", to_hex(one.digest)}});
            next->stored();
            deps_.in_force = *next;
            for (const auto& context : deps_.in_force.all())
              tell(context);
            free_for_others();
          },
          [failed](const caf::error&) {
            failed({errc::timeout, "store: no answer"});
          });
}

} // namespace muster::service
