#include "standing/whole_logs.hpp"

#include "appraisal/attestation/outdated_claims.hpp"
#include "appraisal/policy/signature_rules.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// Whether the values on record are of these banks. An increment cannot continue from values of other banks.
bool recorded_in(const tpm::pcr_selection& selection, const node_state& recorded) {
  return std::ranges::all_of(selection,
                             [&](const tpm::pcr_bank& bank) {
                               return std::ranges::any_of(recorded.pcrs, [&](const pcr_value& one) {
                                 return one.bank == bank.algorithm;
                               });
                             })
         && std::ranges::all_of(recorded.pcrs,
                                [&](const pcr_value& one) { return selection.mask_of(one.bank) != 0; });
}

bool goes_on(const node_state& recorded, const appraisal_context& context, const boot_id& boot) {
  return recorded.boot == boot && recorded_in(selection_for(recorded), recorded)
         && appraisal::digest_of_pins(context.policy->signatures) == recorded.pins;
}

/// Whether an evidence finding is open that is more than outdated: then the claims on record do not cover
/// what the machine sent.
bool unproven(const node_state& recorded) {
  return std::ranges::any_of(recorded.findings, [](const finding& one) {
    return one.kind == finding_kind::evidence && !appraisal::any_behind({&one, 1});
  });
}

} // namespace

tpm::pcr_selection selection_for(const node_state& recorded) {
  tpm::pcr_selection out;
  (void)out.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14));
  if (recorded.aggregate_bank) (void)out.add(*recorded.aggregate_bank, tpm::pcr_mask(0, 9));
  return out;
}

bool whole_logs_due(const node_state& recorded, const appraisal_context& context, const boot_id& boot,
                    wall_time now) {
  if (!goes_on(recorded, context, boot)) return true;
  if (!whole_logs_would_mend(recorded)) return recorded.owes_whole_logs;
  return may_ask_again(recorded, now, unproven(recorded) ? whole_logs_pause : behind_pause);
}

bool whole_logs_would_mend(const node_state& recorded) noexcept {
  return std::ranges::any_of(recorded.findings,
                             [](const finding& one) { return one.kind == finding_kind::evidence; });
}

bool may_ask_again(const node_state& recorded, wall_time now, std::chrono::milliseconds pause) noexcept {
  const auto asked = recorded.full_log_asked.milliseconds;
  return asked == 0 || now.milliseconds < asked
         || now.milliseconds - asked >= static_cast<std::uint64_t>(pause.count());
}

std::shared_ptr<const node_state> after_asking(std::shared_ptr<const node_state> recorded, wall_time now) {
  if (!whole_logs_would_mend(*recorded)) return recorded;
  auto out = *recorded;
  out.full_log_asked = now;
  return std::make_shared<const node_state>(std::move(out));
}

void note_whole_logs(const node_state& before, node_state& after, bool whole, wall_time now) noexcept {
  if (whole && whole_logs_would_mend(before))
    after.full_log_asked = now;
  else if (unproven(after) && !unproven(before))
    after.full_log_asked = {};
}

} // namespace muster::service
