#include "tests/liar/badness.hpp"

#include "tests/tpm/logs.hpp"

#include <algorithm>

namespace muster::liar {

using namespace std::string_view_literals;
using tpm::event_type;

namespace {

bool none(machine&) { return true; }

bool run(machine& m, ima_line line) {
  m.measure(std::move(line));
  return true;
}

bool implant(machine& m) { return run(m, file_line(evil_path, evil_content)); }
bool implant_elsewhere(machine& m) { return run(m, file_line("/var/lib/../../usr/bin/evil", evil_content)); }
bool implant_where_data_is(machine& m) { return run(m, file_line("/var/lib/evil", evil_content)); }
bool blank_in_path(machine& m) { return run(m, file_line("/usr/bin/ev_il", evil_content)); }
bool changed_program(machine& m) { return run(m, file_line(path_of(m.list.back()), evil_content)); }
bool known_program(machine& m) { return run(m, m.list.back()); }
bool violated_program(machine& m) { return run(m, violation_line(path_of(m.list.back()))); }
bool unsigned_program(machine& m) { return run(m, signed_line(evil_path, evil_content, bytes(80, 3))); }

/// A security.ima value of 20 bytes, which can be read as a digest of 20 bytes.
bool implant_with_signature_like_digest(machine& m) {
  return run(
      m, signed_line(
             evil_path, evil_content,
             muster::to_bytes(crypto::hash(hash_algorithm::sha1, as_bytes(path_of(m.list.back()))).view())));
}
bool implant_with_attribute_like_digest(machine& m) {
  return run(m, attribute_line(evil_path, evil_content,
                               digest_field(hash_algorithm::sha256, digest_in(m.list.back()))));
}
bool forbidden_kexec_line(machine& m) {
  return run(m, buffer_line("kexec-cmdline", as_bytes("root=/dev/vda1 ro init=/evil"sv)));
}
bool forbidden_kexec_line_and_nul(machine& m) {
  return run(m, buffer_line("kexec-cmdline", as_bytes("root=/dev/vda1 ro init=/evil\0x"sv)));
}
bool unknown_buffer(machine& m) { return run(m, buffer_line("selinux-state", as_bytes("enforcing=0"sv))); }
bool kexec_lost_list(machine& m) {
  m.kexec({});
  return true;
}
bool implant_lost_by_kexec(machine& m) { return implant(m) && kexec_lost_list(m); }
bool kexec_carried_list(machine& m) {
  m.kexec(m.list);
  return true;
}
/// IMA logs a bare name for a file on a detached mount.
/// Here 64 such files with known content are called boot_aggregate.
bool kexec_after_decoys(machine& m) {
  const auto known = muster::to_bytes(digest_in(m.list.back()));
  for (int i = 0; i < 64; ++i)
    m.measure(aggregate_line(known));
  return kexec_carried_list(m);
}
/// The list is carried. The bank of the new kernel's boot_aggregate is not one that the service quotes.
bool kexec_to_sha1(machine& m) {
  bytes covered;
  for (unsigned pcr = 0; pcr <= 7; ++pcr)
    append(covered, m.tpm.pcr(hash_algorithm::sha1, pcr).view());
  m.new_id();
  return run(m, aggregate_line(hash_algorithm::sha1, crypto::hash(hash_algorithm::sha1, covered)));
}
bool extended_unseen(machine& m, unsigned pcr) {
  m.tpm.extend(pcr, measured(as_bytes("by nobody known"sv)));
  return true;
}
bool extended_pcr_14(machine& m) { return extended_unseen(m, 14); }
bool extended_pcr_4(machine& m) { return extended_unseen(m, 4); }

bool insert(machine& m, std::size_t at, boot_line line) {
  if (at >= m.boot.lines.size()) return false;
  m.boot.lines.insert(m.boot.lines.begin() + static_cast<std::ptrdiff_t>(at), std::move(line));
  return true;
}

bool other_loader(machine& m) { return m.boot.remeasure(m.boot.loader(), "another loader"); }
bool other_firmware(machine& m) { return m.boot.remeasure(1, "another firmware"); }
bool other_initrd(machine& m) { return m.boot.remeasure(m.boot.find(9, "initrd"), "another initrd"); }

boot_line grub_line(const std::string& text) {
  const auto words = text.substr(text.find(": ") + 2);
  return line_of(8, event_type::ipl, as_bytes(std::string_view{words.c_str()}), as_bytes(text));
}

bool reword(boot_line& line, std::string_view find, std::string_view by) {
  auto text = std::string{as_text(line.data)};
  const auto at = text.find(find);
  if (at == std::string::npos) return false;
  line = grub_line(text.replace(at, find.size(), by));
  return true;
}

/// Changes GRUB's command and last command line, or the command line of systemd's stub.
bool with_command_line(machine& m, std::string_view find, std::string_view by) {
  const auto grub = m.boot.find(8, "kernel_cmdline: ");
  if (grub < m.boot.lines.size()) {
    if (const auto command = m.boot.find(8, "grub_cmd: linux "); command < m.boot.lines.size())
      reword(m.boot.lines[command], find, by);
    return reword(m.boot.lines[grub], find, by);
  }
  bytes wide;
  for (const auto c : "root=/dev/vda2 ro "sv) {
    wide.push_back(static_cast<std::uint8_t>(c));
    wide.push_back(0);
  }
  for (const auto c : by) {
    wide.push_back(static_cast<std::uint8_t>(c));
    wide.push_back(0);
  }
  wide.insert(wide.end(), 2, 0);
  for (auto& line : m.boot.lines)
    if (line.pcr == 12) {
      line = line_of(12, event_type::ipl, wide);
      return true;
    }
  return false;
}

bool init_is_evil(machine& m) { return with_command_line(m, "ima_policy=tcb", "ima_policy=tcb init=/evil"); }
/// The kernel measures only its boot_aggregate.
bool measures_nothing(machine& m, std::string_view instead) {
  m.start.resize(1);
  return with_command_line(m, "ima_policy=tcb", instead);
}
bool no_ima_policy(machine& m) { return measures_nothing(m, "quiet"); }
bool no_ima_policy_and_init(machine& m) { return measures_nothing(m, "init=/evil"); }

// Forms that the kernel understands and a pattern may not.
bool init_after_tab(machine& m) {
  return with_command_line(m, "ima_policy=tcb", "ima_policy=tcb quiet\tinit=/evil");
}
bool init_in_quotes(machine& m) {
  return with_command_line(m, "ima_policy=tcb", "ima_policy=tcb \"init=/evil\"");
}
bool policy_for_init_only(machine& m) { return measures_nothing(m, "-- ima_policy=tcb"); }
bool policy_in_quotes(machine& m) { return measures_nothing(m, "foo=\"x ima_policy=tcb\""); }
bool policy_of_nothing(machine& m) { return measures_nothing(m, "ima_policy=none"); }
bool policy_of_appraisal(machine& m) { return measures_nothing(m, "ima_policy=appraise_tcb"); }
/// systemd's stub takes UTF-16, where a single letter may be outside Latin-1.
bool init_beside_wide_letter(machine& m) {
  if (!with_command_line(m, "no such words", "ima_policy=tcb init=/evil @")) return false;
  for (auto& line : m.boot.lines)
    if (line.pcr == 12) {
      line.data[line.data.size() - 3] = 4; // the letter before the NUL becomes Cyrillic
      line = line_of(12, line.type, line.data);
    }
  return true;
}

bool before_separator(machine& m, unsigned pcr, boot_line line) {
  return insert(m, m.boot.separator(pcr), std::move(line));
}
bool debug_mode(machine& m) {
  return before_separator(m, 7, line_of(7, event_type::efi_action, as_bytes("UEFI Debug Mode"sv)));
}
bool audit_mode(machine& m) {
  return before_separator(
      m, 7,
      line_of(7, event_type::efi_variable_driver_config,
              testing::make_variable(testing::global_vendor(), "AuditMode", bytes(1, 1))));
}
bool validation_off(machine& m) {
  return insert(m, m.boot.separator(7) + 1,
                line_of(7, event_type::efi_variable_authority,
                        testing::make_variable(testing::shim_vendor(), "MokSBState", bytes(1, 1))));
}
bool secure_boot_off(machine& m) {
  const auto off = testing::make_variable(testing::global_vendor(), "SecureBoot", bytes(1, 0));
  for (auto& line : m.boot.lines)
    if (line.pcr == 7 && line.type == event_type::efi_variable_driver_config) {
      line = line_of(7, line.type, off);
      return true;
    }
  return false;
}
bool option_rom(machine& m) {
  return before_separator(
      m, 2, line_of(2, event_type::efi_boot_services_driver, as_bytes("a ROM"sv), bytes(32, 5)));
}
bool separator_of_error(machine& m) {
  const auto at = m.boot.separator(5);
  if (at >= m.boot.lines.size()) return false;
  m.boot.lines[at] = line_of(5, event_type::separator, bytes{1, 0, 0, 0});
  return true;
}
bool second_separator(machine& m) {
  return insert(m, m.boot.separator(1) + 1, line_of(1, event_type::separator, bytes(4, 0)));
}
bool no_exit_boot_services(machine& m) {
  return std::erase_if(
             m.boot.lines,
             [](const boot_line& line) { return line.pcr == 5 && line.type == event_type::efi_action; })
         > 0;
}

/// GRUB starts a second kernel instead of the first, following its grub.cfg.
bool second_kernel(machine& m, std::string_view path, std::string_view line) {
  const auto at = m.boot.find(8, "kernel_cmdline: ");
  const std::string evil = " root=/dev/vda1 ro init=/evil lockdown=none";
  return insert(m, at + 1, grub_line("grub_cmd: linux " + std::string{path} + evil + '\0'))
         && insert(m, at + 2, grub_line("kernel_cmdline: " + std::string{line} + evil + '\0'));
}
bool second_kernel_plain(machine& m) { return second_kernel(m, "/vmlinuz2", "/vmlinuz2"); }
bool second_kernel_with_blank(machine& m) { return second_kernel(m, "/vm linuz", "\"/vm linuz\""); }
bool second_kernel_of_blocks(machine& m) { return second_kernel(m, "2048+20000", "2048+20000"); }
bool second_kernel_on_net(machine& m) { return second_kernel(m, "vmlinuz2", "vmlinuz2"); }

constexpr badness bad_things[] = {
    {"nothing", happens::running, none},
    {"implant", happens::running, implant},
    {"implant, its path spelt from an excluded folder", happens::running, implant_elsewhere},
    {"implant in a folder of data", happens::running, implant_where_data_is},
    {"implant with a blank in its path", happens::running, blank_in_path},
    {"changed program", happens::running, changed_program},
    {"a known program once more", happens::running, known_program},
    {"violated program", happens::running, violated_program},
    {"unsigned program", happens::running, unsigned_program},
    {"implant whose security.ima is a known digest", happens::running, implant_with_signature_like_digest},
    {"implant whose attribute is a known digest", happens::running, implant_with_attribute_like_digest},
    {"forbidden kexec line", happens::running, forbidden_kexec_line},
    {"unknown buffer", happens::running, unknown_buffer},
    {"kexec that lost its list", happens::running, kexec_lost_list},
    {"implant, then kexec that lost its list", happens::running, implant_lost_by_kexec},
    {"kexec that carried its list", happens::running, kexec_carried_list},
    {"kexec after 64 files called boot_aggregate", happens::running, kexec_after_decoys},
    {"PCR 14 extended at run time", happens::running, extended_pcr_14},
    {"PCR 4 extended at run time", happens::running, extended_pcr_4},
    {"other loader", happens::at_boot, other_loader},
    {"other firmware", happens::at_boot, other_firmware},
    {"other initrd", happens::at_boot, other_initrd},
    {"init=/evil", happens::at_boot, init_is_evil},
    {"no IMA policy", happens::at_boot, no_ima_policy},
    {"no IMA policy and init=/evil", happens::at_boot, no_ima_policy_and_init},
    {"init=/evil after a tab", happens::at_boot, init_after_tab},
    {"init=/evil in quotes", happens::at_boot, init_in_quotes},
    {"init=/evil beside a letter that is no Latin-1", happens::at_boot, init_beside_wide_letter},
    {"ima_policy= for init only, nothing is measured", happens::at_boot, policy_for_init_only},
    {"ima_policy= within quotes, nothing is measured", happens::at_boot, policy_in_quotes},
    {"ima_policy=none", happens::at_boot, policy_of_nothing},
    {"ima_policy=appraise_tcb", happens::at_boot, policy_of_appraisal},
    {"debug mode", happens::at_boot, debug_mode},
    {"audit mode", happens::at_boot, audit_mode},
    {"shim validates nothing", happens::at_boot, validation_off},
    {"Secure Boot is off", happens::at_boot, secure_boot_off},
    {"option ROM", happens::at_boot, option_rom},
    {"separator of an error", happens::at_boot, separator_of_error},
    {"second separator", happens::at_boot, second_separator},
    {"no ExitBootServices", happens::at_boot, no_exit_boot_services},
    {"a second kernel with init=/evil", happens::at_boot, second_kernel_plain},
    {"a second kernel whose path has a blank", happens::at_boot, second_kernel_with_blank},
    {"a second kernel of blocks of a disk", happens::at_boot, second_kernel_of_blocks},
    {"a second kernel on the net", happens::at_boot, second_kernel_on_net},
    {"kexec to a kernel with ima_hash=sha1", happens::running, kexec_to_sha1},
    {"forbidden kexec line before a NUL", happens::running, forbidden_kexec_line_and_nul},
};

} // namespace

std::span<const badness> all_badness() { return bad_things; }

std::size_t badness_named(std::string_view name) {
  const auto at =
      std::ranges::find(bad_things, name, [](const badness& one) { return std::string_view{one.name}; });
  REQUIRE_MESSAGE(at != std::end(bad_things), "unknown badness: " << name);
  return static_cast<std::size_t>(at - std::begin(bad_things));
}

} // namespace muster::liar
