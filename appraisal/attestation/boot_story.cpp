#include "appraisal/attestation/boot_story.hpp"

#include "appraisal/boot/appraise_after_log.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

finding changed_log(bool lost) {
  auto f = boot_finding(
      lost ? severity::warning : severity::failure, "event.boot-log-changed", "boot log",
      lost ? "The boot log is gone, although the TPM has not been reset since the log was verified."
           : "The boot log differs from the one that was verified before, although the TPM has not been "
             "reset since: someone on the machine wrote one of them.",
      lost ? "find out why the agent does not find it (kexec can lose it); reboot the machine through its "
             "firmware"
           : "find out who changed the log on the machine; reboot it through its firmware");
  f.kind = finding_kind::event;
  return f;
}

/// Whether the events of the PCR lead to the recorded value and further events follow.
bool goes_on_from(const tpm::verified_boot_log& log, unsigned pcr, byte_view recorded) {
  if (recorded.empty() || tpm::is_start_value(log.bank(), pcr, recorded)) return false;
  crypto::hasher hash{log.bank()};
  auto value = tpm::start_value(log.bank(), pcr);
  for (const auto& event : log.events()) {
    if (event.pcr != pcr) continue;
    if (same(value.view(), recorded)) return true;
    hash.extend(value, log.digest(event));
  }
  return false;
}

} // namespace

std::vector<finding> appraise_boot_story(const recorded_boot* recorded, const reported_boot& now,
                                         const reference_choice& reference) {
  if (recorded == nullptr || recorded->clock.reset_count != now.clock.reset_count) return {};
  if (now.goes_on == continuity::same_boot) {
    if (!recorded->boot_log || recorded->boot_log == now.boot_log) return {};
    return {changed_log(!now.boot_log)};
  }
  if (now.log == nullptr) return {};
  std::vector<std::uint8_t> moved;
  for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
    if ((tpm::os_pcrs >> pcr & 1U) != 0
        && goes_on_from(*now.log, pcr, recorded->ima.values.get(now.log->bank(), pcr)))
      moved.push_back(static_cast<std::uint8_t>(pcr));
  return unexplained_moves(moved, reference);
}

} // namespace muster::appraisal
