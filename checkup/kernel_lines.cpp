#include "checkup/kernel_lines.hpp"

namespace muster::checkup {

namespace {

constexpr const char* log_subject = "boot log";
constexpr const char* list_subject = "ima list";
constexpr const char* policy_subject = "ima policy";

std::string closed_remedy(const std::string& user) {
  return user == "root" ? "a security module forbids it: look at the kernel's log (dmesg)"
                        : "run this as root; the agent's unit opens the file to the agent's group";
}

line judge_list(const ima_facts& seen) {
  if (!seen.entries) {
    const auto says = seen.path + ": " + seen.entries.fault().check;
    switch (seen.entries.fault().code) {
    case errc::not_found:
      return bad(
          list_subject, says,
          "boot a kernel with CONFIG_IMA, and mount securityfs: without the list nothing is known about "
          "the files that run");
    case errc::denied: return unseen(list_subject, says, closed_remedy(seen.user));
    default:
      return bad(list_subject, says, "platform.ima_log in node.yaml must name the kernel's binary list");
    }
  }
  if (*seen.entries < 2)
    return bad(list_subject, seen.path + " has no file: IMA measures nothing",
               "copy configs/ima/ima-policy of the documentation to /etc/ima/ima-policy, add ima_policy=tcb "
               "ima_hash=sha256 to the kernel's command line, and reboot");
  const auto says = seen.path + ": files are measured, template " + seen.template_name
                    + (seen.file_hash.empty() ? "" : ", " + seen.file_hash);
  if (seen.template_name == "ima" || seen.file_hash == "sha1" || seen.file_hash == "md5")
    return bad(list_subject, says + ": weak digests, which no reference is compared with",
               "add ima_hash=sha256 (and ima_template=ima-ng) to the kernel's command line, and reboot");
  if (seen.known_hash == false)
    return bad(list_subject, says + ": the service does not know this algorithm",
               "add ima_hash=sha256 to the kernel's command line, and reboot");
  return good(list_subject, says);
}

line judge_policy(const ima_facts& seen) {
  const auto named = seen.named_policy.empty() ? std::string{"the command line names none"}
                                               : "ima_policy=" + seen.named_policy + " on the command line";
  std::string loaded;
  if (seen.rules)
    loaded = "; " + std::to_string(*seen.rules) + " rules in force";
  else if (seen.rules.fault().code == errc::denied)
    loaded = "; only root sees the rules in force";
  if (!seen.file.empty()) loaded += "; " + seen.file + " is there";
  const auto says = named + loaded;
  if (seen.rules && *seen.rules == 0)
    return bad(policy_subject, says,
               "copy configs/ima/ima-policy of the documentation to /etc/ima/ima-policy, "
               "and reboot");
  if (seen.named_policy.empty())
    return note(policy_subject, says,
                "add ima_policy=tcb to the kernel's command line, so that loading the policy is measured");
  if (seen.file.empty())
    return note(policy_subject, says,
                "ima_policy=" + seen.named_policy
                    + " alone measures data as well: copy configs/ima/ima-policy of "
                      "the documentation to /etc/ima/ima-policy, which measures programs only");
  return good(policy_subject, says);
}

} // namespace

line judge_boot_log(const boot_log_facts& seen) {
  if (!seen.events) {
    const auto says = seen.path + ": " + seen.events.fault().check;
    switch (seen.events.fault().code) {
    case errc::not_found:
      return bad(log_subject, says,
                 "boot through UEFI with a boot loader that measures (GRUB with Secure Boot, systemd-boot); "
                 "until then only PCR values show what booted");
    case errc::denied: return unseen(log_subject, says, closed_remedy(seen.user));
    default: return bad(log_subject, says, "it is not a TCG log: look for a firmware update");
    }
  }
  if (*seen.events == 0)
    return bad(log_subject, seen.path + " is empty",
               "the firmware measured nothing, or the kernel did not take its log over: boot through UEFI");
  std::string banks;
  bool strong = false;
  for (const auto one : seen.banks) {
    banks += (banks.empty() ? "" : ", ") + std::string{to_string(one)};
    strong = strong || one != hash_algorithm::sha1;
  }
  const auto says = seen.path + ": " + std::to_string(*seen.events) + " events, " + banks;
  if (!strong)
    return bad(log_subject, says + ": SHA-1 alone attests nothing",
               "switch the SHA-256 bank of the TPM on in the firmware's setup");
  return good(log_subject, says);
}

lines judge_ima(const ima_facts& seen) {
  lines out{judge_list(seen)};
  // Without a list there is no IMA whose policy could be looked at.
  if (seen.entries) out.push_back(judge_policy(seen));
  return out;
}

} // namespace muster::checkup
