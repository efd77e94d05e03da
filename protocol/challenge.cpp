#include "protocol/challenge.hpp"

#include "crypto/secret.hpp"
#include "messages/build.hpp"
#include "standing/recorded_boot.hpp"
#include "standing/whole_logs.hpp"

namespace muster::service {

challenge make_challenge(const node_state& recorded, attestation_number number, appraisal::logs_wanted logs,
                         boot_time now) {
  challenge out;
  out.issue.number = number;
  out.issue.nonce = crypto::make_nonce();
  out.issue.selection = selection_for(recorded);
  out.issue.logs = logs;
  out.issued = now;
  return out;
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
