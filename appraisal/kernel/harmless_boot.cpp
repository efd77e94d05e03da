#include "appraisal/kernel/harmless_boot.hpp"

#include "appraisal/kernel/command_line_events.hpp"

#include <algorithm>
#include <vector>

namespace muster::appraisal {

namespace {

/// Documentation/admin-guide/kernel-parameters.txt of Linux 6.1, as far as machines are started with them. A
/// word that ends with a dot belongs to a module, the initial RAM disk or init. Some have a rule by their
/// value below. Left out on purpose, though machines use them: `resume`, because a hibernation image is
/// memory that was not measured and holds an IMA list; `initrd`, because the kernel's EFI stub does not
/// measure that file; `rdinit`; `ima_appraise`, with which the kernel measures its policy and then refuses
/// it.
constexpr std::string_view harmless_parameters =
    "1 2 3 4 5 amd_iommu amd_pstate amdgpu. apparmor audit audit_backlog_limit biosdevname boot "
    "BOOT_IMAGE cgroup. cgroup_disable cgroup_enable cgroup_no_v1 clocksource consoleblank cpufreq. "
    "cpuidle. crash_kexec_post_notifiers debug default_hugepagesz elevator emergency enforcing evm "
    "fastboot fbcon fips forcefsck fsck. gather_data_sampling hpet hugepages hugepagesz hung_task_panic "
    "i915. ignore_loglevel ima_canonical_fmt ima_hash ima_tcb ima_template init init_on_alloc "
    "init_on_free integrity_audit intel_idle. intel_iommu intel_pstate iommu iommu. ip ipv6. "
    "irqaffinity isolcpus kaslr kpti kvm. kvm_amd. kvm_intel. l1tf LANG libata. locale. lockdown "
    "log_buf_len loglevel maxcpus mce mds mitigations mmio_stale_data module.sig_enforce net. nfsroot "
    "nmi_watchdog no_timer_check nohibernate nohz nohz_full nokaslr nomodeset nopti noresume nosmt "
    "nosoftlockup nospectre_v1 nospectre_v2 nouveau. nowatchdog nr_cpus numa numa_balancing nvme_core. "
    "page_alloc.shuffle page_poison panic panic_on_oops panic_on_warn pcie_aspm pcie_port_pm plymouth. "
    "preempt printk. processor. psi pti quiet random. randomize_kstack_offset rcu_nocb_poll rcu_nocbs "
    "rcupdate. rcutree. rd. rescue retbleed rhgb ro rodata root rootdelay rootflags rootfstype rootwait "
    "rw scsi_mod. security selinux single skew_tick slub_debug softlockup_panic spec_rstack_overflow "
    "spec_store_bypass_disable spectre_v2 splash srbds swapaccount sysrq_always_enabled systemd. "
    "threadirqs transparent_hugepage tsc tsx tsx_async_abort udev. usbcore. vconsole. vga vsyscall vt. "
    "watchdog_thresh zram. zswap.";

/// Commands of GRUB 2.06, and of the functions that Debian, Fedora, openEuler and Ubuntu write into grub.cfg.
/// The commands that these run are measured separately.
constexpr std::string_view harmless_commands =
    ". [ authenticate background_color background_image blscfg break cat clear cmp color_highlight "
    "color_normal configfile continue cpuid cryptomount date echo eval exit export "
    "extract_entries_configfile extract_entries_source false gfxmode hashsum help hwmatch increment "
    "initrd initrd16 initrdefi initrdfail insmod keystatus load_env load_video loadfont loopback ls "
    "lsmod menuentry net_add_addr net_add_dns net_add_route net_bootp net_bootp6 net_dhcp net_ls_addr "
    "net_ls_cards net_ls_routes net_nslookup normal pager password password_pbkdf2 play probe read "
    "recordfail regexp return save_env savedefault search search.file search.fs_label search.fs_uuid "
    "search_fs_file search_fs_uuid search_label set setparams shift sleep smbios source submenu "
    "terminal_input terminal_output terminfo test true unset videoinfo";

/// Whether `name` equals `listed`, or begins with it if that ends with a dot.
bool is_named(std::string_view name, std::string_view listed) noexcept {
  if (!listed.ends_with('.')) return same_parameter(name, listed);
  return name.size() > listed.size() && same_parameter(name.substr(0, listed.size()), listed);
}

template <class List> bool is_among(const List& list, std::string_view name) noexcept {
  return std::ranges::any_of(list, [&](const auto& one) { return is_named(name, one); });
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// A terminal, such as "ttyS0,115200n8". A driver that is given the addresses of its registers
/// ("uart8250,mmio,0xfed40000") may take those of the TPM.
bool is_plain_console(std::string_view value) noexcept {
  const bool line = value.starts_with("tty") || value.starts_with("hvc") || value == "null";
  return line && std::ranges::none_of(value, [](char c) { return c == ':' || c == '/' || c == '@'; })
         && value.find("io") == std::string_view::npos;
}

/// A connector and a mode, or only a mode: "HDMI-A-1:1920x1080@60". A frame buffer driver ("efifb:base:...")
/// takes addresses, as `reserve=` does.
bool is_plain_video(std::string_view value) noexcept {
  const auto name = value.substr(0, value.find(':'));
  return name.find("fb") == std::string_view::npos && value.find("base") == std::string_view::npos;
}

/// Whether these policies are only ones of the kernel that add to what is measured.
bool only_measures(std::string_view policies) noexcept {
  while (!policies.empty()) {
    const auto end = policies.find_first_of(" |\n");
    const auto one = policies.substr(0, end);
    if (one != "tcb" && one != "critical_data" && !one.empty()) return false;
    policies.remove_prefix(end == std::string_view::npos ? policies.size() : end + 1);
  }
  return true;
}

/// GRUB's `serial` writes to registers at any given address, without checking that a UART is there.
bool is_plain_serial(std::string_view command) noexcept {
  constexpr std::string_view plain[] = {"--unit=", "--speed=", "--word=", "--parity=", "--stop="};
  constexpr std::string_view name = "serial";
  if (!command.starts_with(name)) return false;
  command.remove_prefix(name.size());
  for (;;) {
    const auto begin = command.find_first_not_of(' ');
    if (begin == std::string_view::npos) return true;
    command.remove_prefix(begin);
    const auto word = command.substr(0, command.find(' '));
    if (std::ranges::none_of(plain, [&](std::string_view one) { return word.starts_with(one); }))
      return false;
    command.remove_prefix(word.size());
  }
}

/// No parameter or command has such a name.
bool is_path(std::string_view word) noexcept { return word.starts_with('/') || word.starts_with('('); }

bool is_harmless(const kernel_parameter& one) {
  if (is_path(one.name)) return true;
  if (same_parameter(one.name, "console")) return one.value && is_plain_console(*one.value);
  if (same_parameter(one.name, "video")) return one.value && is_plain_video(*one.value);
  if (same_parameter(one.name, "ima_policy")) return one.value && only_measures(*one.value);
  // With an address it takes whatever memory is there.
  if (same_parameter(one.name, "crashkernel"))
    return one.value && one.value->find('@') == std::string_view::npos;
  // Other values remove the tables that say where the TPM is.
  if (same_parameter(one.name, "acpi")) return one.value == "force" || one.value == "on";
  static const auto listed = words_of(harmless_parameters);
  return is_among(listed, one.name);
}

/// The kernel's EFI stub looks for these bytes anywhere on the line, even inside another word
/// (drivers/firmware/efi/libstub/file.c, find_file_option), and does not measure a file that it loads this
/// way.
bool names_unmeasured_disk(const kernel_parameter& one) {
  constexpr std::string_view option = "initrd=";
  const auto text = one.value ? std::string{one.name} + "=" + std::string{*one.value} : std::string{one.name};
  return text.find(option) != std::string::npos;
}

bool is_assignment(std::string_view word) noexcept { return word.find('=', 1) != std::string_view::npos; }

} // namespace

std::optional<std::string_view> doubtful_parameter(const kernel_parameters& line,
                                                   std::span<const std::string> more) {
  for (const auto* part : {&line.kernel, &line.init})
    for (const auto& one : *part)
      if (names_unmeasured_disk(one) && !is_among(more, "initrd")) return one.name;
  for (const auto& one : line.kernel)
    if (!is_harmless(one) && !is_among(more, one.name)) return one.name;
  // The initial RAM disk and init read the whole line, whatever the kernel uses of it.
  for (const auto& one : line.init)
    if (!is_among(more, one.name)) return one.name;
  return std::nullopt;
}

bool counts_boots(const boot_event& event) {
  const auto name = grub_command_in(event);
  return name && (*name == "[" || event.text.starts_with("set recordfail="));
}

std::optional<std::string_view> doubtful_command(const boot_content& boot,
                                                 std::span<const std::string> more) {
  static const auto listed = words_of(harmless_commands);
  const auto* line = proven_command_line(boot);
  for (const auto& event : boot.events) {
    const auto name = &event == line ? std::nullopt : grub_command_in(event);
    if (name && *name == "serial" && is_plain_serial(event.text)) continue;
    if (name && !is_path(*name) && !is_assignment(*name) && !is_among(listed, *name)
        && !is_among(more, *name))
      return name;
  }
  return std::nullopt;
}

} // namespace muster::appraisal
