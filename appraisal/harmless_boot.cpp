#include "appraisal/harmless_boot.hpp"

#include "appraisal/command_line_events.hpp"

#include <algorithm>
#include <vector>

namespace muster::appraisal {

namespace {

/// Documentation/admin-guide/kernel-parameters.txt of Linux 6.1, as far as machines are started with them;
/// what ends with a dot is a module's, the initial RAM disk's or init's. `console` and `crashkernel` have a
/// rule below. `resume` is not here: an image of hibernation is memory that nobody measured, with a list of
/// IMA in it.
constexpr std::string_view harmless_parameters =
    "1 2 3 4 5 amd_iommu amd_pstate amdgpu. apparmor audit audit_backlog_limit biosdevname boot "
    "BOOT_IMAGE cgroup. cgroup_disable cgroup_enable cgroup_no_v1 clocksource consoleblank cpufreq. "
    "cpuidle. crash_kexec_post_notifiers debug default_hugepagesz elevator emergency enforcing evm "
    "fastboot fbcon fips forcefsck fsck. gather_data_sampling hpet hugepages hugepagesz hung_task_panic "
    "i915. ignore_loglevel ima_appraise ima_appraise_tcb ima_canonical_fmt ima_hash ima_policy ima_tcb "
    "ima_template ima_template_fmt init init_on_alloc init_on_free initrd integrity_audit intel_idle. "
    "intel_iommu intel_pstate iommu iommu. ip ipv6. irqaffinity isolcpus kaslr kpti kvm. kvm_amd. "
    "kvm_intel. l1tf LANG libata. locale. lockdown log_buf_len loglevel maxcpus mce mds mitigations "
    "mmio_stale_data module.sig_enforce net. nfsroot nmi_watchdog no_timer_check nohibernate nohz "
    "nohz_full nokaslr nomodeset nopti noresume nosmt nosoftlockup nospectre_v1 nospectre_v2 nouveau. "
    "nowatchdog nr_cpus numa numa_balancing nvme_core. page_alloc.shuffle page_poison panic "
    "panic_on_oops panic_on_warn pcie_aspm pcie_port_pm plymouth. preempt printk. processor. psi pti "
    "quiet random. randomize_kstack_offset rcu_nocb_poll rcu_nocbs rcupdate. rcutree. rd. rdinit rescue "
    "retbleed rhgb ro rodata root rootdelay rootflags rootfstype rootwait rw scsi_mod. security selinux "
    "single skew_tick slub_debug softlockup_panic spec_rstack_overflow spec_store_bypass_disable "
    "spectre_v2 splash srbds swapaccount sysrq_always_enabled systemd. threadirqs transparent_hugepage "
    "tsc tsx tsx_async_abort udev. usbcore. vconsole. vga video vsyscall vt. watchdog_thresh zram. "
    "zswap.";

/// Of GRUB 2.06 and of the functions in what Debian, Fedora, openEuler and Ubuntu write into grub.cfg. What
/// they run is measured by itself.
constexpr std::string_view harmless_commands =
    ". [ authenticate background_color background_image blscfg break cat clear cmp color_highlight "
    "color_normal configfile continue cpuid cryptomount date echo eval exit export "
    "extract_entries_configfile extract_entries_source false gfxmode hashsum help hwmatch increment "
    "initrd initrd16 initrdefi initrdfail insmod keystatus load_env load_video loadfont loopback ls "
    "lsmod menuentry net_add_addr net_add_dns net_add_route net_bootp net_bootp6 net_dhcp net_ls_addr "
    "net_ls_cards net_ls_routes net_nslookup normal pager password password_pbkdf2 play probe read "
    "recordfail regexp return save_env savedefault search search.file search.fs_label search.fs_uuid "
    "search_fs_file search_fs_uuid search_label serial set setparams shift sleep smbios source submenu "
    "terminal_input terminal_output terminfo test true unset videoinfo";

/// Whether `name` is the word of the list, or begins with one that ends with a dot.
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

/// A terminal, as "ttyS0,115200n8" names one. A driver that gets the addresses of its registers
/// ("uart8250,mmio,0xfed40000") may take those of the TPM.
bool is_plain_console(std::string_view value) noexcept {
  const bool line = value.starts_with("tty") || value.starts_with("hvc") || value == "null";
  return line && std::ranges::none_of(value, [](char c) { return c == ':' || c == '/' || c == '@'; })
         && value.find("io") == std::string_view::npos;
}

/// No parameter and no command is called so.
bool is_path(std::string_view word) noexcept { return word.starts_with('/') || word.starts_with('('); }

bool is_harmless(const kernel_parameter& one) {
  if (is_path(one.name)) return true;
  if (same_parameter(one.name, "console")) return one.value && is_plain_console(*one.value);
  // With an address it takes whatever lies there.
  if (same_parameter(one.name, "crashkernel"))
    return one.value && one.value->find('@') == std::string_view::npos;
  // Other values take the tables away that say where the TPM is.
  if (same_parameter(one.name, "acpi")) return one.value == "force" || one.value == "on";
  static const auto listed = words_of(harmless_parameters);
  return is_among(listed, one.name);
}

bool is_assignment(std::string_view word) noexcept { return word.find('=', 1) != std::string_view::npos; }

} // namespace

std::optional<std::string_view> doubtful_parameter(const kernel_parameters& line,
                                                   std::span<const std::string> more) {
  for (const auto& one : line.kernel)
    if (!is_harmless(one) && !is_among(more, one.name)) return one.name;
  return std::nullopt;
}

std::optional<std::string_view> doubtful_command(const boot_content& boot,
                                                 std::span<const std::string> more) {
  static const auto listed = words_of(harmless_commands);
  const auto* line = proven_command_line(boot);
  for (const auto& event : boot.events) {
    const auto name = &event == line ? std::nullopt : grub_command_in(event);
    if (name && !is_path(*name) && !is_assignment(*name) && !is_among(listed, *name)
        && !is_among(more, *name))
      return name;
  }
  return std::nullopt;
}

} // namespace muster::appraisal
