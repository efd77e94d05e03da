#include "appraisal/boot/required_claims.hpp"

#include "appraisal/boot/boot_facts.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/kernel/harmless_boot.hpp"
#include "appraisal/kernel/ima_policy_file.hpp"
#include "appraisal/policy/version_text.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/format/boot_marks.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::uint32_t ev_s_crtm_version = 8; // TCG PC Client Platform Firmware Profile, table 27
constexpr std::string_view reboot_for_real =
    "reboot the machine through its firmware, or forbid kexec (kernel.kexec_load_disabled=1)";
constexpr std::string_view prove_the_boot = "boot through firmware and a boot loader that keep a log: UEFI "
                                            "with Secure Boot, then GRUB or systemd-boot";

/// Where initial RAM disks and additions to them are measured: by GRUB and the kernel's stub, and by
/// systemd's stub together with its sections, credentials and system extensions.
constexpr unsigned loaded_files_pcr = 9;
constexpr unsigned pcrs_of_initial_disks[] = {loaded_files_pcr, 11, 12, 13};
/// The commands of the loader, which may hand other words to the initial RAM disk.
constexpr unsigned loader_pcr = 8;

class demands {
public:
  demands(const boot_claims& claims, const boot_claims& told, const policy& p,
          const reference_choice& reference)
      : boot_{claims.get()}, all_{told.get()}, policy_{p}, wanted_{p.require},
        reference_{reference}, line_{command_line_of(boot_)} {}

  std::vector<finding> run() {
    secure_boot_is_on();
    dbx_is_new_enough();
    command_line_fits();
    ima_log_is_bound();
    ima_policy_is_proven();
    firmware_is_new_enough();
    variable_is_listed(judged_check::require_pk, "PK", wanted_.pk_digests);
    variable_is_listed(judged_check::require_kek, "KEK", wanted_.kek_digests);
    variable_is_listed(judged_check::require_db, "db", wanted_.db_digests);
    shim_keys_are_listed();
    no_option_roms_ran();
    unified_kernel_started();
    return std::move(out_);
  }

private:
  void miss(judged_check check, std::string subject, std::string sentence, std::string_view remedy,
            std::string expected, std::string found) {
    auto f = judged_finding(policy_, check, std::move(subject), std::move(sentence), remedy);
    f.expected = std::move(expected);
    f.found = std::move(found);
    out_.push_back(std::move(f));
  }

  void secure_boot_is_on() {
    if (wanted_.secure_boot == demand::none || boot_.secure == secure_boot::on) return;
    const bool off = boot_.secure == secure_boot::off;
    miss(judged_check::require_secure_boot, "PCR 7",
         off ? "Secure Boot is off, and the policy requires it."
             : "Nothing proves that Secure Boot is on, and the policy requires it.",
         off ? "turn Secure Boot on in the firmware" : prove_the_boot, "on", off ? "off" : "not proven");
  }

  void dbx_is_new_enough() {
    constexpr std::string_view update = "update the firmware's dbx (fwupdmgr update) and reboot the machine";
    const auto check = judged_check::require_dbx;
    const auto least = "at least " + std::to_string(wanted_.dbx_entries) + " entries";
    const bool counted = wanted_.dbx_entries > 0;
    if (!counted && wanted_.dbx_digests.empty()) return;
    const auto* dbx = boot_.variable("dbx");
    if (dbx == nullptr) {
      miss(check, "PCR 7: dbx",
           "Nothing proves which signatures the firmware forbids (dbx), and the policy requires it.",
           prove_the_boot, counted ? least : "a listed digest", "not proven");
    } else if (dbx->entries < wanted_.dbx_entries) {
      miss(check, "PCR 7: dbx", "The firmware forbids fewer signatures (dbx) than the policy requires.",
           update, least, std::to_string(dbx->entries) + " entries");
    } else if (!wanted_.dbx_digests.empty() && !is_listed(dbx->digest, wanted_.dbx_digests)) {
      miss(check, "PCR 7: dbx",
           "The firmware's list of forbidden signatures (dbx) is not on the policy's list.", update,
           "a listed digest", digest_text(boot_.bank, dbx->digest));
    }
  }

  bool is_listed(const crypto::digest& digest, const std::vector<variable_digest>& list) const {
    return std::ranges::any_of(
        list, [&](const variable_digest& one) { return one.algorithm == boot_.bank && one.value == digest; });
  }

  void variable_is_listed(judged_check check, std::string_view name,
                          const std::vector<variable_digest>& list) {
    if (list.empty()) return;
    const auto* found = boot_.variable(name);
    if (found != nullptr && is_listed(found->digest, list)) return;
    const std::string called{name};
    if (found == nullptr)
      miss(check, "PCR 7: " + called,
           "Nothing proves which keys are in the firmware's " + called
               + ", and the policy requires listed ones.",
           prove_the_boot, "a listed digest", "not proven");
    else
      miss(check, "PCR 7: " + called, "The firmware's keys in " + called + " are not on the policy's list.",
           "find out who changed the firmware's keys; restore them in its setup, or list the new digest",
           "a listed digest", digest_text(boot_.bank, found->digest));
  }

  /// Every event counts, whatever its name is: names in PCR 14 are hints.
  void shim_keys_are_listed() {
    if (wanted_.mok_digests.empty()) return;
    if (facts_of(boot_).shim_keys.empty())
      miss(
          judged_check::require_mok, "PCR 14",
          "Nothing proves which keys the machine's owner put into shim, and the policy requires listed ones.",
          prove_the_boot, "listed digests", "not proven");
    for (const auto* one : facts_of(all_).shim_keys) {
      if (is_listed(one->digest, wanted_.mok_digests)) continue;
      miss(judged_check::require_mok, event_subject(14, one, nullptr),
           "A list of the owner's keys in shim (MOK) is not on the policy's list.",
           "look at the keys with `mokutil --list-enrolled`; remove what does not belong there, or list the "
           "new "
           "digest",
           "a listed digest", digest_text(boot_.bank, one->digest));
      return; // the others would say the same
    }
  }

  void no_option_roms_ran() {
    if (wanted_.no_option_roms == demand::none) return;
    const auto facts = facts_of(boot_);
    if (facts.option_roms.empty() && facts.option_roms_known) return;
    if (facts.option_roms.empty()) {
      miss(judged_check::require_option_roms, "PCR 2",
           "Nothing proves that the firmware loaded no option ROM, and the policy requires it.",
           prove_the_boot, "none", "not proven");
      return;
    }
    const auto* first = facts.option_roms.front();
    miss(judged_check::require_option_roms, event_subject(2, first, nullptr),
         "The firmware loaded option ROMs or device drivers, and the policy allows none.",
         "turn option ROMs off in the firmware, or remove the device", "none",
         std::to_string(facts.option_roms.size()) + ", the first " + digest_text(boot_.bank, first->digest));
  }

  void unified_kernel_started() {
    if (wanted_.unified_kernel == demand::none || proves_unified_kernel(facts_of(boot_))) return;
    miss(judged_check::require_unified_kernel, "PCR 11",
         "Nothing proves that a unified kernel image was started, and the policy requires one.",
         "install the kernel as a unified kernel image (ukify, kernel-install) and boot that",
         ".linux in PCR 11", "not proven");
  }

  void command_line_fits() {
    const auto check = judged_check::require_command_line;
    if (wanted_.command_line_matches.empty() && wanted_.command_line_excludes.empty()) return;
    if (kernel_is_replaced()) {
      miss(check, "kernel command line",
           "The running kernel is not the one that was booted (kexec), and nothing proves its command line; "
           "the policy has a rule for it.",
           reboot_for_real, "proven by a digest", what_is_known());
      return;
    }
    if (!line_.known()) {
      miss(check, "kernel command line", line_.unknown_because() + ", and the policy has a rule for it.",
           prove_the_line(), "proven by a digest", what_is_known());
      return;
    }
    constexpr std::string_view restore =
        "restore the kernel's command line in the boot loader's configuration and reboot; if this command "
        "line is right, change require.command_line of the policy";
    const auto told = printable(line_.text());
    for (const auto& each : wanted_.command_line_matches)
      if (!line_.has(each))
        miss(check, "kernel command line",
             "The kernel's command line does not match a pattern that the policy requires.", restore,
             "matches " + printable(each.text()), told);
    const auto readings =
        wanted_.command_line_excludes.empty() ? std::vector<std::string>{} : line_.readings();
    for (const auto& each : wanted_.command_line_excludes)
      if (std::ranges::any_of(readings, [&](const std::string& one) { return each.matches(one); }))
        miss(check, "kernel command line",
             "The kernel's command line matches a pattern that the policy forbids.", restore,
             "does not match " + printable(each.text()), told);
  }

  std::string_view prove_the_line() const {
    return boot_.command_line
               ? "write the kernel's command line with plain characters, without bootconfig and "
                 "shorter than 1,012 bytes, and reboot"
               : prove_the_boot;
  }

  std::string what_is_known() const {
    return boot_.command_line ? printable(*boot_.command_line) : "not proven";
  }

  void ima_log_is_bound() {
    if (wanted_.boot_aggregate == demand::none || boot_.aggregate == aggregate_claim::bound
        || boot_.aggregate == aggregate_claim::bound_to_firmware)
      return;
    if (boot_.aggregate == aggregate_claim::differs) return; // fails by itself
    miss(judged_check::require_boot_aggregate, "IMA log, entry 0",
         "The IMA log is not proven to be of this boot, and the policy requires it.",
         "build the TPM driver into the kernel, and start it with ima_policy=tcb ima_hash=sha256", "bound",
         boot_.aggregate == aggregate_claim::absent ? "no IMA log"
         : boot_.aggregate == aggregate_claim::zero ? "a zero boot_aggregate"
                                                    : "a boot_aggregate over PCRs that were not quoted");
  }

  void ima_policy_is_proven() {
    if (wanted_.ima_policy == ima_policy_demand::any) return;
    if (kernel_is_replaced())
      return miss_policy("The running kernel is not the one that was booted (kexec), and nothing proves what "
                         "it was told to measure.",
                         reboot_for_real);
    if (!line_.known())
      return miss_policy(line_.unknown_because()
                             + ", so nothing proves which files IMA was told to measure, and the policy "
                               "requires it.",
                         prove_the_line());
    if (!measures_files(line_.parameters()))
      return miss_policy("The kernel's command line names no IMA policy that measures files, and the policy "
                         "requires one.",
                         "add ima_policy=tcb to the kernel's command line and reboot");
    if (const auto odd = doubtful_parameter(line_.parameters(), policy_.harmless_parameters))
      return miss_policy(
          "The kernel's command line has a parameter that is not known to leave IMA and the TPM alone: "
              + printable(*odd, 64) + ".",
          "remove it and reboot; or, if you know that it does no harm, name it in ima.harmless_parameters");
    if (const auto odd = doubtful_command(all_, policy_.harmless_commands))
      return miss_policy("GRUB ran a command that is not known to leave alone what the kernel finds: "
                             + printable(*odd, 64) + ".",
                         "remove it from grub.cfg and reboot; or, if you know that it does no harm, name it "
                         "in ima.harmless_commands");
    if (wanted_.ima_policy >= ima_policy_demand::file) policy_stays();
  }

  /// With ima_policy=tcb alone, root may load a policy that measures nothing, and no entry shows it.
  void policy_stays() {
    const auto& file = boot_.ima_policy;
    if (file.file == policy_file::absent)
      return miss_policy(
          "IMA measures until root loads another policy, and no policy was read at "
          "/etc/ima/ima-policy.",
          by_initial_disk()
              ? "put the IMA policy of Muster's documentation at /etc/ima/ima-policy, let the initial RAM "
                "disk load it (configs/ima/initramfs-tools), keep ima_policy=tcb, and reboot; or let "
                "require.ima_policy be file or command-line"
              : "put the IMA policy of Muster's documentation at /etc/ima/ima-policy, keep "
                "ima_policy=tcb, and reboot; or let require.ima_policy be command-line");
    if (file.file == policy_file::late)
      return miss_policy("Programs other than init ran before /etc/ima/ima-policy was read, so they may have "
                         "loaded another policy first.",
                         "let the initial RAM disk load /etc/ima/ima-policy, or let systemd load it as its "
                         "first act; a RAM disk that starts systemd from a program other than run-init or "
                         "switch_root hides that it is the first");
    if (file.file == policy_file::changed)
      return miss_policy("/etc/ima/ima-policy was read twice in this boot, with different content.",
                         "find out who changed the file; reboot the machine");
    if (file.file == policy_file::first && by_initial_disk())
      return miss_policy("IMA measures until root loads another policy: init read one, but root decides "
                         "whether init hands it to the kernel.",
                         "let the initial RAM disk load /etc/ima/ima-policy (configs/ima/initramfs-tools), "
                         "and reboot; or let require.ima_policy be file");
    // Without an initial RAM disk the kernel starts the /init of the disk, whose entries look the same.
    if (by_initial_disk() && names_init())
      return miss_policy(
          "The kernel's command line names the first program (init=), which may take the place of an initial "
          "RAM disk.",
          "remove init= from the kernel's command line and reboot; or let require.ima_policy be file");
    if (!is_known_policy(file))
      return miss_policy("The reference does not know the IMA policy that the machine loaded.",
                         "restore /etc/ima/ima-policy and reboot; if it was changed on purpose, accept the "
                         "finding about this file, or the file: muster reference amend");
    if (file.file == policy_file::first && !is_known_init(file))
      return miss_policy("The reference does not know the program that ran as init, so it may have loaded a "
                         "policy other than the file.",
                         "reinstall systemd and reboot; if it was updated on purpose, accept the finding "
                         "about this file, or the file: muster reference amend");
    if (!initial_disk_is_judged())
      return miss_policy(
          "The initial RAM disk could load another policy before init does, and the reference "
          "does not judge it.",
          "learn a reference with the PCRs that hold the RAM disk and its commands: 8 and 9 for GRUB, 9 for "
          "systemd-boot, also 11 to 13 for unified kernel images; or let require.ima_policy be command-line");
    if (!policy_.ima_policy_closes && !kernel_takes_one_policy(boot_))
      miss_policy("It is not known whether this kernel accepts a second IMA policy.",
                  "if these machines' kernels are built without CONFIG_IMA_WRITE_POLICY, as Debian's are, "
                  "set ima.policy_closes: true in the policy");
  }

  bool kernel_is_replaced() const { return boot_.ima_policy.file == policy_file::replaced; }

  bool by_initial_disk() const { return wanted_.ima_policy == ima_policy_demand::initial_disk; }

  bool names_init() const {
    const auto line = line_.parameters();
    return std::ranges::any_of(line.kernel,
                               [](const kernel_parameter& one) { return same_parameter(one.name, "init"); });
  }

  /// Only the boot loader measures what runs before init. PCR 9 also shows which kernel it read, which is
  /// believed only if each file in PCR 9 is the reference's. Without a reference a machine is judged as one
  /// that may teach.
  bool initial_disk_is_judged() const {
    return (reference_.current == nullptr || judges_initial_disk(*reference_.current))
           && (reference_.next == nullptr || judges_initial_disk(*reference_.next));
  }

  bool judges_initial_disk(const reference_set& set) const {
    const auto judges = [&](unsigned pcr) {
      if (pcr != loaded_files_pcr && !was_extended(pcr)) return true;
      if (set.pcr(pcr) == nullptr && set.events(pcr) == nullptr) return false;
      return !names_pcr(set.content().left_out, pcr) || (pcr == loader_pcr && leaves_out_counts_only(set));
    };
    return judges(loader_pcr) && std::ranges::all_of(pcrs_of_initial_disks, judges);
  }

  /// Whether all commands of the loader that the set leaves out only count boots.
  bool leaves_out_counts_only(const reference_set& set) const {
    return std::ranges::all_of(all_.events, [&](const boot_event& e) {
      return e.pcr != loader_pcr || !leaves_out(set.content().left_out, e) || counts_boots(e);
    });
  }

  bool was_extended(unsigned pcr) const {
    return std::ranges::any_of(boot_.pcrs, [pcr](const pcr_claim& one) {
      return one.index == pcr && !tpm::is_start_value(one.algorithm, pcr, one.value.view());
    });
  }

  /// Known at this path. Any other known file could be put there, and the kernel would refuse it as a policy.
  bool is_known_policy(const ima_policy_claim& file) const {
    return !reference_.present() || is_known_at(ima_policy_path, file.algorithm, file.digest);
  }

  /// Known at a path of init: another known program is not an init.
  bool is_known_init(const ima_policy_claim& file) const {
    return !reference_.present() || std::ranges::any_of(init_paths, [&](std::string_view path) {
      return is_known_at(path, file.init_algorithm, file.init);
    });
  }

  bool is_known_at(std::string_view path, hash_algorithm algorithm, const crypto::digest& digest) const {
    const auto known = reference_.at_path(path, required_claims::max_digests);
    return std::ranges::any_of(known, [&](const file_claim& one) {
      return one.algorithm == algorithm && same(one.digest, digest.view());
    });
  }

  void miss_policy(std::string sentence, std::string_view remedy) {
    miss(judged_check::require_ima_policy, "kernel command line", std::move(sentence), remedy,
         by_initial_disk() ? "ima_policy=tcb until the initial RAM disk loads a known policy"
         : wanted_.ima_policy == ima_policy_demand::file ? "ima_policy=tcb, and a known policy in /etc/ima"
                                                         : "ima_policy=tcb",
         what_is_known());
  }

  void firmware_is_new_enough() {
    const auto& least = wanted_.firmware_at_least;
    if (least.empty()) return;
    const auto* found = proven_firmware_version(boot_);
    const auto order = found == nullptr ? std::nullopt : compare_versions(*found, least);
    if (order && *order >= 0) return;
    miss(judged_check::require_firmware, "PCR 0",
         order ? "The firmware is older than the policy requires."
         : found == nullptr
             ? "Nothing proves the firmware's version, and the policy requires one."
             : "The firmware's version cannot be compared with the one that the policy requires.",
         order ? "update the firmware (fwupdmgr update)"
               : "remove require.firmware from the policy of machines whose firmware states no such version",
         "at least " + printable(least), found == nullptr ? "not proven" : printable(*found));
  }

  const boot_content& boot_; ///< the claims that may satisfy a demand
  const boot_content& all_;  ///< all claims: what must not be there must be in none of them
  const policy& policy_;
  const required_claims& wanted_;
  const reference_choice& reference_;
  known_command_line line_;
  std::vector<finding> out_;
};

struct same_matter {
  judged_check required;
  judged_check told;
};

constexpr same_matter same_matters[] = {
    {judged_check::require_secure_boot, judged_check::secure_boot_off},
    {judged_check::require_boot_aggregate, judged_check::unbound_ima_log},
    {judged_check::require_ima_policy, judged_check::ima_policy_unknown},
    {judged_check::require_ima_policy, judged_check::nothing_measured},
};

} // namespace

std::vector<finding> appraise_required_claims(const boot_claims& claims, const policy& p,
                                              const reference_choice& reference, const boot_claims* told) {
  return demands{claims, told == nullptr ? claims : *told, p, reference}.run();
}

known_command_line command_line_of(const boot_content& boot) {
  std::vector<std::string> candidates;
  if (boot.command_line) candidates.push_back(*boot.command_line);
  return known_command_line{candidates};
}

void drop_what_is_required(std::vector<finding>& told, const std::vector<finding>& missing) {
  for (const auto& matter : same_matters)
    for (const auto& one : missing)
      if (one.check == name_of(matter.required))
        std::erase_if(
            told, [&](const finding& f) { return f.check == name_of(matter.told) && f.level <= one.level; });
}

const std::string* proven_firmware_version(const boot_content& boot) noexcept {
  const std::string* out = nullptr;
  const auto zeros = crypto::hash(boot.bank, tpm::zeros_separator);
  for (const auto& e : boot.events) {
    if (e.pcr != 0 || e.digest == zeros) continue; // the text of a separator reads as a number
    // No digest covers the type: an author of a log who renames events must not choose among them.
    if (e.type != ev_s_crtm_version && !is_version(e.text)) continue;
    if (out != nullptr || e.text.empty()) return nullptr;
    out = &e.text;
  }
  return out;
}

} // namespace muster::appraisal
