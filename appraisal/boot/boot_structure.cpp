#include "appraisal/boot/boot_structure.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/boot/boot_facts.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/boot/explained_pcrs.hpp"
#include "appraisal/boot/required_claims.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

struct oddity_words {
  judged_check check;
  std::string_view sentence; ///< follows the name of the PCR
  std::string_view remedy;
};

oddity_words words_for(boot_oddity_kind kind) noexcept {
  constexpr std::string_view firmware = "update the firmware; if that does not help, ask its vendor";
  switch (kind) {
  case boot_oddity_kind::separator_missing:
    return {judged_check::separator,
            "has no separator: nothing shows what the firmware measured before the boot loader.", firmware};
  case boot_oddity_kind::separator_repeated:
    return {judged_check::separator,
            "has more than one separator: the events from before the boot loader can be forged.", firmware};
  case boot_oddity_kind::separator_error:
    return {judged_check::separator, "has a separator by which the firmware reports an error.", firmware};
  case boot_oddity_kind::separator_unknown:
    return {judged_check::separator,
            "has a separator with a value that the TCG's specification does not have: whether the firmware "
            "reports an error by it is not known.",
            firmware};
  case boot_oddity_kind::configuration_too_late:
    return {judged_check::secure_boot_late,
            "has Secure Boot variables after its separator, where they mean nothing.", firmware};
  case boot_oddity_kind::debug_mode:
    return {judged_check::debug_mode, "says that the firmware runs in debug mode.",
            "turn debug mode off in the firmware"};
  case boot_oddity_kind::validation_disabled:
    return {judged_check::validation_off, "says that shim was told not to validate what it starts.",
            "run `mokutil --enable-validation` on the machine and reboot"};
  case boot_oddity_kind::exit_boot_services_missing:
    return {judged_check::boot_log_incomplete,
            "does not say that the operating system took over from the firmware.",
            "a kernel that was started directly leaves this out; otherwise update the firmware and the boot "
            "loader"};
  case boot_oddity_kind::audit_mode:
    return {
        judged_check::audit_mode,
        "says that the firmware is in audit mode: it starts even what it should refuse, and only logs it.",
        "leave audit mode in the firmware's setup (deployed mode)"};
  case boot_oddity_kind::uncovered: // weighed by what it may hide
  case boot_oddity_kind::not_measured: break;
  }
  return {judged_check::not_measured,
          "still has its start value: nothing was measured into it, which does not mean that all is well.",
          "turn on measured boot (TPM 2.0) in the firmware"};
}

/// It is not known what an event says if its data does not fit its digest, so it weighs as much as what it
/// may hide.
finding uncovered_finding(const boot_oddity& o, const policy& p) {
  const auto subject = "PCR " + std::to_string(o.pcr);
  auto f = boot_finding(std::max(severity::warning, weight_of_unseen(o.pcr, p)), "boot.uncovered", subject,
                        subject + " (" + std::string{meaning_of_pcr(o.pcr)}
                            + ") has an event whose data in the boot log is not what was measured: what it "
                              "really says about Secure Boot is hidden.",
                        "find out who changed the machine's boot log; if the firmware itself writes it like "
                        "this, ask its vendor");
  f.found = printable(o.detail, 256);
  return f;
}

finding oddity_finding(const boot_oddity& o, const policy& p) {
  if (o.kind == boot_oddity_kind::uncovered) return uncovered_finding(o, p);
  const auto words = words_for(o.kind);
  const auto subject = "PCR " + std::to_string(o.pcr);
  auto f = judged_finding(
      p, words.check, subject,
      subject + " (" + std::string{meaning_of_pcr(o.pcr)} + ") " + std::string{words.sentence}, words.remedy);
  f.found = printable(o.detail, 256);
  return f;
}

finding missing_log(unused_log why, const policy& p) {
  switch (why) {
  case unused_log::sha1_only:
    return judged_finding(
        p, judged_check::sha1_boot_log, "boot log",
        "The boot log has the old format, with SHA-1 only: it says nothing about the quoted SHA-256 values, "
        "so a change can be seen but not explained.",
        "update the firmware, or turn its SHA-256 bank on: it must write a log for TPM 2.0 (crypto-agile)");
  case unused_log::other_banks:
    return judged_finding(
        p, judged_check::boot_log_banks, "boot log",
        "The boot log has none of the PCR banks that were quoted, or not for each event, so a change can be "
        "seen but not explained.",
        "turn the SHA-256 bank on in the firmware");
  case unused_log::none: break;
  }
  return judged_finding(p, judged_check::no_boot_log, "boot log",
                        "The machine has no boot log, so a change can be seen but not explained.",
                        "GRUB without Secure Boot loses the log: turn Secure Boot on, or boot through "
                        "systemd-boot or a unified kernel image");
}

void add_log_findings(const boot_content& boot, const policy& p, std::vector<finding>& out) {
  if (!boot.has_log) out.push_back(missing_log(boot.unused, p));
  if (boot.secure == secure_boot::off)
    out.push_back(judged_finding(p, judged_check::secure_boot_off, "PCR 7", "Secure Boot is off.",
                                 "turn Secure Boot on in the firmware"));
  for (const auto& o : boot.oddities)
    out.push_back(oddity_finding(o, p));
}

void add_aggregate_finding(const boot_content& boot, const policy& p, std::vector<finding>& out) {
  switch (boot.aggregate) {
  case aggregate_claim::bound:
  case aggregate_claim::bound_to_firmware: return;
  case aggregate_claim::absent:
    out.push_back(judged_finding(p, judged_check::no_ima_log, "IMA log",
                                 "The machine measures no files: what runs on it is unknown.",
                                 "boot the kernel with ima_policy=tcb ima_hash=sha256"));
    return;
  case aggregate_claim::differs:
    out.push_back(
        boot_finding(severity::failure, "ima.boot-aggregate", "IMA log, entry 0",
                     "The IMA log begins with the boot_aggregate of a boot other than the quoted one.",
                     "reboot the machine; if this stays, its log is being forged"));
    return;
  case aggregate_claim::zero:
    out.push_back(
        judged_finding(p, judged_check::unbound_ima_log, "IMA log, entry 0",
                       "The IMA log is not bound to the boot: the TPM was not ready when IMA began.",
                       "build the TPM driver into the kernel"));
    return;
  case aggregate_claim::unchecked: break;
  }
  out.push_back(
      judged_finding(p, judged_check::unbound_ima_log, "IMA log, entry 0",
                     "The IMA log could not be bound to the boot: PCRs that boot_aggregate covers were "
                     "not quoted.",
                     "turn on the PCR bank of the kernel's ima_hash, or boot it with ima_hash=sha256"));
}

void add_policy_finding(const boot_content& boot, const policy& p, std::vector<finding>& out) {
  const auto line = command_line_of(boot);
  if (!boot.command_line && proves_unified_kernel(facts_of(boot))) {
    // systemd's stub logs the name of a section and the digest of its content.
    out.push_back(judged_finding(p, judged_check::ima_policy_unknown, "kernel command line",
                                 "The boot log has only a digest of the command line in the unified kernel "
                                 "image, so it does not show which files IMA was told to measure.",
                                 "nothing, if the machine that the reference was learnt from has the right "
                                 "IMA policy: a different command line shows as a finding about PCR 11"));
  } else if (!line.known()) {
    out.push_back(judged_finding(
        p, judged_check::ima_policy_unknown, "kernel command line",
        "Nothing proves which files IMA was told to measure: " + line.unknown_because() + ".",
        "boot through GRUB with Secure Boot, or through systemd-boot: both measure the command line"));
  } else if (!measures_files(line.parameters())) {
    auto f = judged_finding(
        p, judged_check::ima_policy_unknown, "kernel command line",
        "Nothing proves which files IMA was told to measure: the kernel's command line names no "
        "IMA policy that measures files.",
        "add ima_policy=tcb to the kernel's command line, even where systemd loads /etc/ima/ima-policy: "
        "until systemd does, everything is measured, including that file");
    f.found = printable(*boot.command_line);
    out.push_back(std::move(f));
  }
}

void add_ima_findings(const boot_content& boot, const policy& p, std::vector<finding>& out) {
  add_aggregate_finding(boot, p, out);
  for (const auto& bank : boot.ima_banks)
    if (bank.padded_sha1)
      out.push_back(judged_finding(
          p, judged_check::padded_bank, "PCR bank " + std::string{to_string(bank.algorithm)},
          "This kernel extends the bank with padded SHA-1 digests, so the bank is no stronger than SHA-1.",
          "use a kernel of version 5.8 or later with this hash built in"));
  if (boot.aggregate == aggregate_claim::absent) return;
  if (boot.ima_policy.entries == 1)
    out.push_back(
        judged_finding(p, judged_check::nothing_measured, "IMA log",
                       "IMA measured no file: its list has only the entry that every boot begins with.",
                       "put the IMA policy of Muster's documentation at /etc/ima/ima-policy, add "
                       "ima_policy=tcb to the kernel's "
                       "command line, and reboot"));
  add_policy_finding(boot, p, out);
}

} // namespace

std::vector<finding> appraise_boot_structure(const boot_claims& claims, const policy& p) {
  std::vector<finding> out;
  add_log_findings(claims.get(), p, out);
  add_ima_findings(claims.get(), p, out);
  return out;
}

} // namespace muster::appraisal
