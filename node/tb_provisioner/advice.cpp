#include "node/tb_provisioner/advice.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/efi_variable.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/event_text.hpp"

#include <algorithm>

namespace muster::node {

namespace {

constexpr std::uint32_t secure_boot_pcr = 7;

void take_secure_boot(const tpm::logged_event& event, boot_words& out) {
  if (event.type != tpm::event_type::efi_variable_driver_config || event.pcr != secure_boot_pcr) return;
  const auto variable = tpm::parse_efi_variable(event.data);
  if (!variable || variable->name != "SecureBoot") return;
  const bool on = variable->data.size() == 1 && variable->data[0] == 1;
  out.secure_boot = on ? switch_state::on : switch_state::off;
}

// GRUB: "kernel_cmdline: ..." in PCR 8. systemd-boot: the whole text in PCR 12.
void take_command_line(const tpm::event_log& log, const tpm::logged_event& event, boot_words& out) {
  if (event.type != tpm::event_type::ipl || !(event.pcr == 8 || event.pcr == 12)) return;
  const auto said =
      tpm::describe_event(event, log.digest(event, hash_algorithm::sha256), hash_algorithm::sha256);
  if (event.pcr == 12 || said.label == "kernel_cmdline") out.command_line = said.text;
}

// In the format of tpm2-tools: the two halves, each in hex.
std::string hex_of(std::uint64_t firmware) {
  writer raw;
  raw.u64_be(firmware);
  return "0x" + to_hex(byte_view{raw.view()}.first(4)) + "." + to_hex(byte_view{raw.view()}.last(4));
}

std::string tpm_words(const boot_survey& seen) {
  std::string out = seen.manufacturer;
  if (!seen.vendor.empty() && seen.vendor != seen.manufacturer) out += " " + seen.vendor;
  return out + ", firmware " + hex_of(seen.firmware);
}

void advise_on_chip(const boot_survey& seen, std::vector<std::string>& out) {
  if (!seen.chip_problem.empty()) {
    out.push_back("The TPM cannot be used (" + seen.chip_problem
                  + "). Enable it in the firmware's setup, and let the agent's user open its device: "
                    "/dev/tpmrm0 belongs to the group tss.");
    return;
  }
  if (std::ranges::find(seen.banks, hash_algorithm::sha256) == seen.banks.end())
    out.emplace_back("The TPM has no SHA-256 bank. Allocate one in the firmware's setup, or with "
                     "tpm2_pcrallocate sha256:all and a reboot: SHA-1 alone attests nothing.");
}

void advise_on_boot_log(const boot_survey& seen, const boot_words& said, std::vector<std::string>& out) {
  if (seen.boot_log == file_state::absent)
    out.emplace_back("There is no boot log. Boot through UEFI with a boot loader that measures (Debian 12's "
                     "GRUB does so with Secure Boot on); until then only PCR values show what booted.");
  if (seen.boot_log == file_state::unreadable)
    out.emplace_back("The boot log exists but cannot be read. Let the agent's group read "
                     "/sys/kernel/security/tpm0/binary_bios_measurements, as its systemd unit does.");
  if (seen.boot_log == file_state::present && !said.readable)
    out.emplace_back("The boot log is not a TCG log. Look for a firmware update.");
}

void advise_on_secure_boot(switch_state state, std::vector<std::string>& out) {
  if (state == switch_state::off)
    out.emplace_back(
        "Secure Boot is off. Turn it on in the firmware's setup, so that only signed loaders and kernels "
        "run.");
}

void advise_on_ima(const boot_survey& seen, const std::string& policy, std::vector<std::string>& out) {
  if (seen.ima_log == file_state::absent)
    out.emplace_back("The kernel has no IMA list. Boot a kernel with CONFIG_IMA and mount securityfs: "
                     "without the list nothing is known about the files that run.");
  if (seen.ima_log == file_state::unreadable)
    out.emplace_back("The IMA list exists but cannot be read. Let the agent's group read "
                     "/sys/kernel/security/ima/binary_runtime_measurements, as its systemd unit does.");
  if (seen.ima_log == file_state::present && !seen.ima_measures)
    out.emplace_back(
        "IMA measures nothing. Copy configs/ima/ima-policy from Muster's documentation, which measures "
        "programs only, to /etc/ima/ima-policy, from where systemd loads it. Add ima_policy=tcb to the "
        "kernel's command line, so that this policy is measured as well. Then reboot.");
  if (seen.ima_log == file_state::present && seen.ima_measures && policy.empty())
    out.emplace_back("The kernel's command line names no ima_policy: the policy in force was loaded later "
                     "and is not measured at boot. Keep it in /etc/ima/ima-policy, and add ima_policy=tcb to "
                     "the command line: then the kernel measures the policy when systemd loads it.");
}

} // namespace

boot_words read_boot_words(byte_view boot_log) {
  boot_words out;
  const auto log = tpm::parse_event_log(boot_log);
  if (!log) return out;
  out.readable = true;
  for (const auto& event : log->events()) {
    take_secure_boot(event, out);
    take_command_line(*log, event, out);
  }
  return out;
}

std::string ima_policy_of(std::string_view command_line) {
  constexpr std::string_view key = "ima_policy=";
  std::string out;
  for (std::size_t at = 0; at < command_line.size();) {
    const auto end = std::min(command_line.find(' ', at), command_line.size());
    auto word = command_line.substr(at, end - at);
    at = end + 1;
    if (word == "ima_tcb") word = "ima_policy=tcb";
    if (!word.starts_with(key)) continue;
    word.remove_prefix(key.size());
    if (!out.empty()) out += '|';
    out += word;
  }
  return out;
}

measured_boot judge(const boot_survey& seen) {
  const auto said =
      seen.boot_log == file_state::present ? read_boot_words(seen.boot_log_content.view()) : boot_words{};
  measured_boot out;
  if (seen.chip_problem.empty()) out.tpm = tpm_words(seen);
  out.banks = seen.banks;
  out.event_log = said.readable;
  out.ima_policy = ima_policy_of(seen.command_line.empty() ? said.command_line : seen.command_line);
  out.secure_boot = said.secure_boot == switch_state::unknown ? seen.secure_boot : said.secure_boot;
  advise_on_chip(seen, out.advice);
  advise_on_boot_log(seen, said, out.advice);
  advise_on_secure_boot(out.secure_boot, out.advice);
  advise_on_ima(seen, out.ima_policy, out.advice);
  return out;
}

} // namespace muster::node
