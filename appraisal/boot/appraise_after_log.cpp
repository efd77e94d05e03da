#include "appraisal/boot/appraise_after_log.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/boot/explained_pcrs.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

/// PCRs that a reference has, unless its rules leave them out.
constexpr std::uint32_t compared_pcrs = tpm::pcr_mask(11, 14);

severity level_of(unsigned pcr, const reference_set* reference) noexcept {
  if ((compared_pcrs >> pcr & 1U) == 0) return severity::warning;
  const bool left_out =
      reference != nullptr && reference->pcr(pcr) == nullptr && reference->events(pcr) == nullptr;
  return left_out ? severity::warning : severity::failure;
}

/// `found` stays empty, so that it is one finding however often it happens and whichever code finds it.
finding unexplained_finding(severity level, unsigned pcr) {
  const auto name = "PCR " + std::to_string(pcr);
  return boot_finding(level, "boot.unexplained", name,
                      name + " (" + std::string{meaning_of_pcr(pcr)}
                          + ") has a value that neither the boot log, with the phases of systemd, nor a "
                            "reference explains: it was extended after the boot, or the log leaves something "
                            "out. Root on the machine can cause both.",
                      "find out what extends this PCR on the machine (systemd-pcrextend, tpm2_pcrextend) and "
                      "stop it; then reboot the machine, because only a reset clears the PCR");
}

} // namespace

std::vector<finding> appraise_after_log(const boot_claims& claims, const reference_set* reference,
                                        std::uint32_t given_to_ima) {
  std::vector<finding> out;
  // The entries that lead to the value were each judged as a file.
  const auto by_ima = claims->ima_pcrs & given_to_ima;
  for (const auto& one : claims->after_log)
    if (!one.explained() && (by_ima >> one.pcr & 1U) == 0
        && explanation_of(one.pcr, claims, reference) != explanation::reference)
      out.push_back(unexplained_finding(level_of(one.pcr, reference), one.pcr));
  return out;
}

std::vector<finding> unexplained_moves(std::span<const std::uint8_t> pcrs,
                                       const reference_choice& reference) {
  std::vector<finding> out;
  for (const auto pcr : pcrs) {
    auto f = unexplained_finding(level_of(pcr, reference.current), pcr);
    f.kind = finding_kind::event;
    out.push_back(std::move(f));
  }
  return out;
}

std::vector<finding> restart_findings(std::span<const tpm::after_log> pcrs) {
  for (const auto& one : pcrs) {
    const auto* phases = one.phases();
    if (phases == nullptr || !phases->restarted()) continue;
    auto f = boot_finding(
        severity::warning, "event.restarted", "PCR " + std::to_string(one.pcr),
        "systemd went through its phases again without a reset of the TPM: its programs (soft-reboot) or its "
        "kernel (kexec) were replaced, and the boot log does not say by what.",
        "reboot the machine through its firmware");
    f.kind = finding_kind::event;
    return {f};
  }
  return {};
}

} // namespace muster::appraisal
