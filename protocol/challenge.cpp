#include "protocol/challenge.hpp"

#include "appraisal/claims_behind.hpp"
#include "crypto/secret.hpp"
#include "messages/build.hpp"
#include "standing/recorded_boot.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// sha256:0-14, and PCR 0 to 9 of the bank that this boot's boot_aggregate is of, if that is another
/// (docs/protocol.md 4).
tpm::pcr_selection selection_for(const node_state& recorded) {
  tpm::pcr_selection out;
  (void)out.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14));
  if (recorded.aggregate_bank) (void)out.add(*recorded.aggregate_bank, tpm::pcr_mask(0, 9));
  return out;
}

/// Whether the values on record are of these banks. Of others nothing can go on.
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

} // namespace

challenge make_challenge(const node_state& recorded, attestation_number number, const boot_id& boot,
                         bool whole, boot_time now) {
  challenge out;
  const bool same_boot = recorded.boot && *recorded.boot == boot;
  out.issue.number = number;
  out.issue.nonce = crypto::make_nonce();
  out.issue.selection = selection_for(recorded);
  const bool goes_on = same_boot && recorded_in(out.issue.selection, recorded)
                       && !appraisal::whole_logs_due(recorded.findings);
  out.issue.logs = goes_on && !whole ? appraisal::logs_wanted::increment : appraisal::logs_wanted::whole;
  out.issued = now;
  return out;
}

bool whole_logs_would_mend(const node_state& recorded) noexcept {
  return std::ranges::any_of(recorded.findings,
                             [](const finding& f) { return f.kind == finding_kind::evidence; });
}

void put_challenge(wire::Challenge::Builder out, const challenge& asked, const node_state& recorded,
                   std::chrono::milliseconds deadline) {
  const bool whole = asked.issue.logs == appraisal::logs_wanted::whole;
  out.setNumber(asked.issue.number.value);
  out.setNonce(data_of(asked.issue.nonce));
  auto banks = out.initSelection(static_cast<unsigned>(asked.issue.selection.size()));
  unsigned i = 0;
  for (const auto& bank : asked.issue.selection) {
    banks[i].setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
    banks[i++].setMask(bank.mask);
  }
  out.setWantBootLog(whole);
  out.setImaFirst(whole ? 0 : recorded.ima_count);
  out.setDeadlineMs(static_cast<std::uint32_t>(deadline.count()));
}

std::shared_ptr<appraisal::running_attestation> begin_attestation(const challenge& asked, tpm::trusted_ak ak,
                                                                  const attachment& with,
                                                                  const evidence_channel& channel,
                                                                  const tpm::ima_caps& caps,
                                                                  const appraisal::cpu_budget& cpu) {
  appraisal::attestation_inputs inputs{asked.issue,
                                       {channel.node, channel.exporter, crypto::sha256(channel.node_spki)},
                                       std::move(ak),
                                       recorded_boot_of(*with.recorded),
                                       with.context->reference,
                                       with.context->policy,
                                       caps,
                                       with.context->staged,
                                       with.context->seed,
                                       cpu};
  return std::make_shared<appraisal::running_attestation>(std::move(inputs));
}

} // namespace muster::service
