#include "appraisal/required_claims.hpp"

#include "appraisal/boot_words.hpp"
#include "appraisal/version_text.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::uint32_t ev_s_crtm_version = 8; // TCG PC Client Platform Firmware Profile, table 27
constexpr std::string_view prove_the_boot = "start through firmware and a boot loader that keep a log: UEFI "
                                            "with Secure Boot, then GRUB or systemd-boot";

/// A parameter of the command line that begins with `name`.
bool has_parameter(std::string_view command_line, std::string_view name) noexcept {
  for (auto at = command_line.find(name); at != std::string_view::npos; at = command_line.find(name, at + 1))
    if (at == 0 || command_line[at - 1] == ' ') return true;
  return false;
}

class demands {
public:
  demands(const boot_claims& claims, const policy& p) : boot_{claims.get()}, policy_{p}, wanted_{p.require} {}

  std::vector<finding> run() {
    secure_boot_is_on();
    dbx_is_new_enough();
    command_line_fits();
    ima_log_is_bound();
    ima_policy_is_named();
    firmware_is_new_enough();
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
    if (!boot_.dbx) {
      miss(check, "PCR 7: dbx",
           "Nothing proves which signatures the firmware forbids (dbx), and the policy requires it.",
           prove_the_boot, counted ? least : "a listed digest", "not proven");
    } else if (boot_.dbx->entries < wanted_.dbx_entries) {
      miss(check, "PCR 7: dbx", "The firmware forbids fewer signatures (dbx) than the policy requires.",
           update, least, std::to_string(boot_.dbx->entries) + " entries");
    } else if (!wanted_.dbx_digests.empty() && !dbx_is_listed()) {
      miss(check, "PCR 7: dbx",
           "The firmware's list of forbidden signatures (dbx) is none that the policy lists.", update,
           "a listed digest", digest_text(boot_.bank, boot_.dbx->digest));
    }
  }

  bool dbx_is_listed() const {
    return std::ranges::any_of(wanted_.dbx_digests, [this](const variable_digest& one) {
      return one.algorithm == boot_.bank && one.value == boot_.dbx->digest;
    });
  }

  void command_line_fits() {
    const auto check = judged_check::require_command_line;
    if (wanted_.command_line_matches.empty() && wanted_.command_line_excludes.empty()) return;
    if (!boot_.command_line) {
      miss(check, "kernel command line",
           "Nothing proves the kernel's command line, and the policy has a rule for it.", prove_the_boot,
           "proven by a digest", "not proven");
      return;
    }
    constexpr std::string_view restore =
        "restore the kernel's command line in the boot loader's configuration "
        "and reboot; if it is right, change require.command_line of the policy";
    const auto told = printable(*boot_.command_line);
    for (const auto& each : wanted_.command_line_matches)
      if (!each.matches(*boot_.command_line))
        miss(check, "kernel command line",
             "The kernel's command line does not match a pattern that the policy requires.", restore,
             "matches " + printable(each.text()), told);
    for (const auto& each : wanted_.command_line_excludes)
      if (each.matches(*boot_.command_line))
        miss(check, "kernel command line",
             "The kernel's command line matches a pattern that the policy forbids.", restore,
             "does not match " + printable(each.text()), told);
  }

  void ima_log_is_bound() {
    if (wanted_.boot_aggregate == demand::none || boot_.aggregate == aggregate_claim::bound) return;
    if (boot_.aggregate == aggregate_claim::differs) return; // fails by itself
    miss(judged_check::require_boot_aggregate, "IMA log, entry 0",
         "The IMA log is not proven to be of this boot, and the policy requires it.",
         "build the TPM driver into the kernel, and start it with ima_policy=tcb ima_hash=sha256", "bound",
         boot_.aggregate == aggregate_claim::absent ? "no IMA log"
         : boot_.aggregate == aggregate_claim::zero ? "a zero boot_aggregate"
                                                    : "a boot_aggregate over PCRs that were not quoted");
  }

  void ima_policy_is_named() {
    if (wanted_.ima_policy == demand::none) return;
    if (boot_.command_line && names_ima_policy(*boot_.command_line)) return;
    miss(judged_check::require_ima_policy, "kernel command line",
         "Nothing proves which files IMA was told to measure, and the policy requires it.",
         boot_.command_line ? "add ima_policy=tcb to the kernel's command line and reboot" : prove_the_boot,
         "ima_policy=", boot_.command_line ? printable(*boot_.command_line) : "not proven");
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
               : "take require.firmware out of the policy for machines whose firmware states no such version",
         "at least " + printable(least), found == nullptr ? "not proven" : printable(*found));
  }

  const boot_content& boot_;
  const policy& policy_;
  const required_claims& wanted_;
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
};

} // namespace

std::vector<finding> appraise_required_claims(const boot_claims& claims, const policy& p) {
  return demands{claims, p}.run();
}

void drop_what_is_required(std::vector<finding>& told, const std::vector<finding>& missing) {
  for (const auto& matter : same_matters)
    for (const auto& one : missing)
      if (one.check == name_of(matter.required))
        std::erase_if(
            told, [&](const finding& f) { return f.check == name_of(matter.told) && f.level <= one.level; });
}

bool names_ima_policy(std::string_view command_line) noexcept {
  return has_parameter(command_line, "ima_policy=") || has_parameter(command_line, "ima_tcb");
}

const std::string* proven_firmware_version(const boot_content& boot) noexcept {
  const std::string* out = nullptr;
  for (const auto& e : boot.events) {
    if (e.pcr != 0 || e.type != ev_s_crtm_version) continue;
    // The type is not covered: whoever renames events must not choose among them.
    if (out != nullptr || e.text.empty()) return nullptr;
    out = &e.text;
  }
  return out;
}

} // namespace muster::appraisal
