#include "tests/liar/named_case.hpp"

#include "tests/liar/badness.hpp"
#include "tests/tpm/logs.hpp"

namespace muster::liar {

using namespace std::string_view_literals;
using tpm::event_type;

namespace {

constexpr auto grub = "grub-sb";
constexpr auto small = "grub-sb, 10 files";
constexpr auto direct = "direct-tis";

// Indices into `upgrades`.
constexpr std::size_t files_only = 0;
constexpr std::size_t whole_upgrade = 2;

bytes wide(std::string_view text) {
  bytes out;
  for (const auto c : text) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  out.insert(out.end(), 2, 0);
  return out;
}

bytes evil_digest() { return muster::to_bytes(crypto::sha256(as_bytes(evil_content))); }
bytes known_digest(const liar& l) { return muster::to_bytes(digest_in(l.good().list.back())); }

void hidden_list(liar& l, unsigned) {
  l.tell_entries_as_events(l.entries());
  l.extend_good_list();
}

void extend_line_of_grub(liar& l) {
  const auto line = "kernel_cmdline: /vmlinuz ima_policy=tcb"sv;
  l.extend_as_event(8, as_bytes(line.substr(line.find('/'))), as_bytes(line));
}

void extend_exit_boot_services(liar& l) {
  for (const auto text : {"Exit Boot Services Invocation"sv, "Exit Boot Services Returned with Success"sv})
    l.extend_as_event(5, as_bytes(text), as_bytes(text), event_type::efi_action);
}

void move_option_rom(liar& l, unsigned pcr) {
  for (std::size_t i = 0; i < l.events(); ++i) {
    const auto& line = l.told.boot.lines[i];
    if (line.pcr == 2 && line.type == event_type::efi_boot_services_driver) l.move_event(i, pcr);
  }
}

/// The file is known, but its PCR is not one of IMA's. A second entry follows, because the covered part of
/// the list would otherwise end before the first.
void extend_known_file(liar& l, unsigned pcr) {
  auto line = l.good().list.back();
  line.pcr = pcr;
  l.extend_as_entry(std::move(line));
  l.extend_as_entry(l.good().list.back());
}

void garble(liar& l, unsigned pcr, std::string_view words) {
  for (std::size_t i = 0; i < l.events(); ++i)
    if (const auto& line = l.told.boot.lines[i];
        line.pcr == pcr && as_text(line.data).find(words) != std::string_view::npos)
      l.reword_event(i, as_bytes("nothing to see"sv));
}

/// The measured content of that event is reported as the value of a variable, which shows only its size.
void disguise_line_of_grub(liar& l, unsigned) {
  for (std::size_t i = l.events(); i-- > 0;) {
    const auto& line = l.told.boot.lines[i];
    constexpr auto mark = "kernel_cmdline: "sv;
    auto text = as_text(line.data);
    if (line.pcr != 8 || !text.starts_with(mark)) continue;
    text.remove_prefix(mark.size());
    if (text.ends_with('\0')) text.remove_suffix(1);
    const auto measured = muster::to_bytes(as_bytes(text));
    l.retype_event(i, event_type::efi_variable_boot);
    l.reword_event(i, testing::make_variable(testing::global_vendor(), "Some", measured));
    return;
  }
}

constexpr named_case attacks[] = {
    // Each of these would hide every file, violation, buffer and kexec of a boot.
    {"what really ran is told as boot events of PCR 10, and a clean list is extended after it", grub,
     "strict", "implant", plot::stranger, hidden_list},
    {"the same on a machine without GRUB", direct, "strict", "implant", plot::stranger, hidden_list},
    {"the same on a machine with SHA-256 only", "bank-sha256-only", "strict", "implant", plot::stranger,
     hidden_list},
    {"the same in a boot that attested as good, under another boot id", grub, "strict", "implant", plot::fell,
     [](liar& l, unsigned round) {
       hidden_list(l, round);
       l.told.id.raw[0] ^= 1;
     }},
    {"the same after the implant was attested, under the boot id of before", small, "strict", "implant",
     plot::known_bad, hidden_list},
    {"the same after the implant was attested, under another boot id", small, "strict", "implant",
     plot::known_bad,
     [](liar& l, unsigned round) {
       hidden_list(l, round);
       l.told.id.raw[0] ^= 1;
     }},
    {"the same for a violation", small, "strict", "violated program", plot::stranger, hidden_list},
    {"the same for a kexec", small, "strict", "kexec that carried its list", plot::stranger, hidden_list},
    {"the same for a list that was lost by kexec", small, "strict", "kexec that lost its list", plot::fell,
     [](liar& l, unsigned) {
       // Earlier entries of PCR 10 are reported as boot events.
       auto before = l.good().list;
       for (const auto& line : before)
         l.insert_event(l.events(), {line.pcr, event_type::ipl, line.digests, bytes(1, 'x')});
     }},
    {"what ran is hidden in the second story of a boot, as events of PCR 10", small, "strict", "implant",
     plot::two_stories,
     [](liar& l, unsigned round) {
       if (round == 1) hidden_list(l, round);
     }},
    {"only the implant's entry is told as an event of PCR 10, in a list that begins after it", small,
     "strict", "implant", plot::stranger,
     [](liar& l, unsigned) {
       l.tell_entries_as_events(l.entries());
       l.extend_as_entry(l.real().aggregate());
     }},

    // An entry's template would decide which of its fields is the file's digest, or whether it is a file.
    {"an extended attribute is told as the file's digest by a template of one's own", small, "default",
     "implant whose attribute is a known digest", plot::stranger,
     [](liar& l, unsigned) {
       l.relabel_entry(l.bad_entry(), "sig|n-ng|evmsig|xattrnames|xattrlengths|d-ng|iuid|igid|imode");
     }},
    {"a signature of 20 bytes is told as a SHA-1 digest", small, "sha1-list",
     "implant whose security.ima is a known digest", plot::stranger,
     [](liar& l, unsigned) { l.relabel_entry(l.bad_entry(), "sig|n-ng|d"); }},
    {"a file with any signature is told as a buffer", small, "default", "unsigned program", plot::stranger,
     [](liar& l, unsigned) { l.relabel_entry(l.bad_entry(), "ima-buf"); }},
    {"a file that must be signed is told as a buffer", small, "signed", "unsigned program", plot::stranger,
     [](liar& l, unsigned) { l.relabel_entry(l.bad_entry(), "ima-buf"); }},
    {"a kexec command line that is forbidden is told as an unknown file", small, "known-only",
     "forbidden kexec line", plot::stranger,
     [](liar& l, unsigned) { l.relabel_entry(l.bad_entry(), "ima-sig"); }},
    {"all entries are told with a template that swaps digest and name", small, "default", "implant",
     plot::stranger, [](liar& l, unsigned) { l.relabel_all("n-ng|d-ng"); }},
    {"the implant's entry is told in a template without a name", small, "default", "implant", plot::stranger,
     [](liar& l, unsigned) { l.relabel_entry(l.bad_entry(), "d-ng|sig"); }},

    // The words of a violation, which no digest covers, would decide.
    {"a violation is told of a path in an excluded folder", small, "default", "violated program",
     plot::stranger, [](liar& l, unsigned) { l.reword_violation(l.violation(), "/var/log/x", {}); }},
    {"a violation is told with a digest that the reference knows", small, "default", "violated program",
     plot::stranger,
     [](liar& l, unsigned) { l.reword_violation(l.violation(), "/usr/sbin/sshd", known_digest(l)); }},
    {"the same where a violation is a failure", small, "strict", "violated program", plot::stranger,
     [](liar& l, unsigned) { l.reword_violation(l.violation(), "/usr/sbin/sshd", known_digest(l)); }},
    {"a violation is called boot_aggregate", small, "strict", "violated program", plot::stranger,
     [](liar& l, unsigned) { l.reword_violation(l.violation(), "boot_aggregate", {}); }},
    {"a violation is told without a name", small, "strict", "violated program", plot::stranger,
     [](liar& l, unsigned) { l.reword_violation(l.violation(), "", {}); }},
    {"a violation that was attested is told later without a name, in whole logs", small, "default",
     "violated program", plot::known_bad,
     [](liar& l, unsigned) {
       l.reword_violation(l.violation(), "", {});
       l.told.id.raw[0] ^= 1;
     }},
    {"a violation is told in a template of buffers", small, "strict", "violated program", plot::stranger,
     [](liar& l, unsigned) {
       const auto at = l.violation();
       l.told.list[at].data = buffer_line("selinux", bytes(1, 1)).data;
       l.relabel_entry(at, "ima-buf");
     }},
    {"a violation in an excluded folder teaches the digest that comes with it", small, "default", "implant",
     plot::teacher,
     [](liar& l, unsigned) { l.extend_as_entry(violation_line("/var/log/syslog", evil_digest())); }},
    {"a file in an excluded folder teaches its content for every folder", small, "default", "implant",
     plot::teacher, [](liar& l, unsigned) { l.extend_as_entry(file_line("/var/lib/upload", evil_content)); }},
    {"a file by the name of boot_aggregate teaches its content", small, "known-only", "changed program",
     plot::teacher, [](liar& l, unsigned) { l.extend_as_entry(file_line("boot_aggregate", evil_content)); }},
    {"a file without a name teaches its content", small, "known-only", "changed program", plot::teacher,
     [](liar& l, unsigned) { l.extend_as_entry(file_line("", evil_content)); }},
    {"a buffer teaches its digest as a file's", small, "default", "implant", plot::teacher,
     [](liar& l, unsigned) { l.extend_as_entry(buffer_line("selinux", as_bytes(evil_content))); }},

    // Events left out of the boot log would not be missed.
    {"the events of PCR 4 are left out, and a denied loader with them", grub, "deny-loader", "nothing",
     plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(4); }},
    {"no boot log comes, and a denied loader is not seen", grub, "deny-loader", "nothing", plot::stranger,
     [](liar& l, unsigned) { l.told.has_boot = false; }},
    {"a boot log with SHA-1 only comes, and a denied loader is not seen", small, "deny-loader", "nothing",
     plot::stranger, [](liar& l, unsigned) { l.told.boot.shown = {hash_algorithm::sha1}; }},
    {"a boot log of the old form comes, and a denied loader is not seen", small, "deny-loader", "nothing",
     plot::stranger, [](liar& l, unsigned) { l.told.boot.written = boot_story::form::old; }},
    {"the denied loader's event is said not to be measured", small, "deny-loader", "nothing", plot::stranger,
     [](liar& l, unsigned) {
       for (std::size_t i = 0; i < l.events(); ++i)
         if (l.told.boot.lines[i].pcr == 4) l.retype_event(i, event_type::no_action);
     }},
    {"the events of PCR 9 are left out, and a denied initrd with them", grub, "deny-initrd", "nothing",
     plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(9); }},
    {"the events of PCR 7 are left out, and debug mode with them", small, "structure", "debug mode",
     plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(7); }},
    {"the events of PCR 7 are left out, and shim's switch with them", small, "structure",
     "shim validates nothing", plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(7); }},
    {"the events of PCR 5 are left out, and the error of its separator with them", small, "structure",
     "separator of an error", plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(5); }},
    {"the events of PCR 1 are left out, and a second separator with them", small, "structure",
     "second separator", plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(1); }},
    {"the boot log of a good machine is told", small, "default", "other loader", plot::stranger,
     [](liar& l, unsigned) { l.tell_good_boot(); }},
    {"a loader's events are left out where the machine attested as good", small, "deny-loader",
     "other loader", plot::fell, [](liar& l, unsigned) { l.leave_out_pcr(4); }},

    // A boot PCR would become one of IMA's, and its events would not be checked.
    {"a known file is extended into PCR 4 as IMA's, and a denied loader is not looked for", small,
     "deny-loader", "nothing", plot::stranger, [](liar& l, unsigned) { extend_known_file(l, 4); }},
    {"a known file is extended into PCR 9 as IMA's, and a denied initrd is not looked for", small,
     "deny-initrd", "nothing", plot::stranger, [](liar& l, unsigned) { extend_known_file(l, 9); }},
    {"a known file is extended into PCR 7 as IMA's, and debug mode is not looked for", small, "structure",
     "debug mode", plot::stranger, [](liar& l, unsigned) { extend_known_file(l, 7); }},
    {"a known file is extended into PCR 5 as IMA's, and the error of its separator is not looked for", small,
     "structure", "separator of an error", plot::stranger,
     [](liar& l, unsigned) { extend_known_file(l, 5); }},
    {"a known file is extended into PCR 1 as IMA's, and its second separator is not looked for", small,
     "structure", "second separator", plot::stranger, [](liar& l, unsigned) { extend_known_file(l, 1); }},
    {"a known file is extended into PCR 2 as IMA's, and an option ROM is not looked for", "made", "no-roms",
     "option ROM", plot::stranger, [](liar& l, unsigned) { extend_known_file(l, 2); }},
    {"a known file is extended into PCR 14 as IMA's, and what was extended before it is not missed", small,
     "default", "PCR 14 extended at run time", plot::stranger,
     [](liar& l, unsigned) { extend_known_file(l, 14); }},
    {"the last event of the log is cut off, and a denied initrd with it", direct, "deny-initrd", "nothing",
     plot::stranger, [](liar& l, unsigned) { l.cut_boot(4); }},
    {"the events of PCR 4 are told of a PCR that is not quoted", small, "deny-loader", "nothing",
     plot::stranger,
     [](liar& l, unsigned) {
       for (std::size_t i = 0; i < l.events(); ++i)
         if (l.told.boot.lines[i].pcr == 4) l.move_event(i, 16);
     }},
    {"a violation that was attested is told later as a known file, in whole logs", small, "default",
     "violated program", plot::known_bad,
     [](liar& l, unsigned) {
       l.reword_violation(l.violation(), "/usr/sbin/sshd", known_digest(l));
       l.told.id.raw[0] ^= 1;
     }},
    {"what a denied loader left is told as phases of the system in PCR 11", "made", "deny-loader", "nothing",
     plot::stranger,
     [](liar& l, unsigned) {
       l.leave_out_pcr(11);
       for (const auto word : {"enter-initrd"sv, "leave-initrd"sv, "sysinit"sv, "ready"sv})
         l.extend(11, measured(as_bytes(word)));
     }},

    // Data that no digest covers, or its absence, would be believed.
    {"the data of shim's switch is garbled", small, "structure", "shim validates nothing", plot::stranger,
     [](liar& l, unsigned) { garble(l, 7, "M\0o\0k\0S\0B\0S\0t\0a\0t\0e"sv); }},
    {"the data of the firmware's audit mode is garbled", small, "structure", "audit mode", plot::stranger,
     [](liar& l, unsigned) { garble(l, 7, "A\0u\0d\0i\0t\0M\0o\0d\0e"sv); }},
    {"the data of debug mode is garbled", small, "structure", "debug mode", plot::stranger,
     [](liar& l, unsigned) { garble(l, 7, "UEFI Debug Mode"); }},
    {"SecureBoot that is off is garbled, and one that is on added where nobody measures", "made", "no-roms",
     "Secure Boot is off", plot::stranger,
     [](liar& l, unsigned) { garble(l, 7, "S\0e\0c\0u\0r\0e\0B\0o\0o\0t"sv); }},
    {"the error of a separator is told as another type", small, "structure", "separator of an error",
     plot::stranger,
     [](liar& l, unsigned) { l.retype_event(l.told.boot.separator(5), event_type::efi_action); }},
    {"an option ROM is told as an event of PCR 1", "made", "no-roms", "option ROM", plot::stranger,
     [](liar& l, unsigned) { move_option_rom(l, 1); }},
    {"the events of PCR 2 are left out, and an option ROM with them", "made", "no-roms", "option ROM",
     plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(2); }},
    {"ExitBootServices is extended by root", small, "structure", "no ExitBootServices", plot::stranger,
     [](liar& l, unsigned) { extend_exit_boot_services(l); }},

    // Extensions by root at run time would count as those of firmware and boot loader.
    {"another command line is extended into PCR 12", small, "servers", "no IMA policy and init=/evil",
     plot::stranger,
     [](liar& l, unsigned) {
       const auto text = wide("x ima_policy=tcb");
       l.extend_as_event(12, text, text);
     }},
    {"another command line is extended into PCR 8 as GRUB's", small, "servers", "init=/evil", plot::stranger,
     [](liar& l, unsigned) { extend_line_of_grub(l); }},
    {"the last command line is relabelled as a command of GRUB", small, "servers", "init=/evil",
     plot::stranger,
     [](liar& l, unsigned) {
       const auto at = l.told.boot.find(8, "kernel_cmdline: ");
       const auto text = std::string{as_text(l.told.boot.lines[at].data)};
       l.reword_event(at, as_bytes("grub_cmd: " + text.substr(text.find(": ") + 2)));
       extend_line_of_grub(l);
     }},
    {"a unified kernel's section is extended into PCR 11", small, "unified", "nothing", plot::stranger,
     [](liar& l, unsigned) { l.extend_as_event(11, as_bytes(".linux\0"sv), as_bytes(".linux\0"sv)); }},
    {"a firmware's event is extended into PCR 0 by root", small, "default", "other firmware", plot::stranger,
     [](liar& l, unsigned) { l.extend_good_boot(0); }},

    // Omissions, decoys, second stories and replays.
    {"an implant is left out of the list", small, "default", "implant", plot::fell,
     [](liar& l, unsigned) { l.leave_out_entry(l.bad_entry()); }},
    {"an implant's entry is told of PCR 12", small, "default", "implant", plot::stranger,
     [](liar& l, unsigned) { l.move_entry(l.bad_entry(), 12); }},
    {"an old quote is shown", small, "default", "implant", plot::fell,
     [](liar& l, unsigned) { l.told.late = true; }},
    {"another boot id drops what was attested before", small, "default", "implant", plot::known_bad,
     [](liar& l, unsigned) {
       l.told.id.raw[0] ^= 1;
       l.tell_good_list();
     }},
    {"a boot id of before drops a kexec that lost its list", small, "default", "kexec that lost its list",
     plot::fell, [](liar& l, unsigned) { l.told.id = l.good().id; }},
    {"no list comes", small, "strict", "implant", plot::stranger,
     [](liar& l, unsigned) { l.told.list.clear(); }},
    {"PCR 14 was extended at run time, and its events are left out", small, "default",
     "PCR 14 extended at run time", plot::stranger, [](liar& l, unsigned) { l.leave_out_pcr(14); }},
    {"a denied program is told in a list of entries that are events of PCR 10", small, "deny-program",
     "nothing", plot::stranger,
     [](liar& l, unsigned) {
       l.tell_entries_as_events(l.entries());
       l.extend_as_entry(l.real().aggregate());
     }},

    // The entries that a kexec lost may be reported, but nothing else with them.
    {"what a kexec lost is told, but for the implant", small, "default",
     "implant, then kexec that lost its list", plot::stranger,
     [](liar& l, unsigned) {
       l.tell_whole_list();
       l.leave_out_entry(l.bad_entry());
     }},
    {"what a kexec lost is told, with a known file in the implant's place", small, "default",
     "implant, then kexec that lost its list", plot::fell,
     [](liar& l, unsigned) {
       l.tell_whole_list();
       l.told.list[find(l.told.list, evil_path)] = l.good().list.back();
     }},
    {"what a kexec lost is told, and that the kernel was replaced is not", small, "default",
     "kexec that lost its list", plot::stranger,
     [](liar& l, unsigned) {
       l.tell_whole_list();
       l.cut_list(1);
     }},
    {"what a kexec lost is told, and its boot_aggregate as a violation", small, "default",
     "kexec that lost its list", plot::stranger,
     [](liar& l, unsigned) {
       l.tell_whole_list();
       l.call_violation(l.entries() - 1);
     }},

    // During an upgrade of a group two sets pass, and several machines teach.
    {"an implant is left out while the old set and the next one pass",
     small,
     "default",
     "implant",
     plot::member,
     [](liar& l, unsigned) { l.leave_out_entry(l.bad_entry()); },
     {whole_upgrade, version::next}},
    {"a machine that was not upgraded tells the logs of the next version",
     small,
     "default",
     "nothing",
     plot::member,
     [](liar& l, unsigned) {
       l.tell_good_boot();
       l.tell_good_list();
     },
     {whole_upgrade, version::old}},
    {"a machine that was upgraded in part tells the boot log of the next version",
     small,
     "default",
     "nothing",
     plot::member,
     [](liar& l, unsigned) { l.tell_good_boot(); },
     {whole_upgrade, version::mixed}},
    {"a machine that was upgraded in part leaves out what is of the old version",
     direct,
     "default",
     "nothing",
     plot::member,
     [](liar& l, unsigned) { l.leave_out_pcr(9); },
     {whole_upgrade, version::mixed}},
    {"files of the old version are dropped by another boot id, when only the next one passes",
     small,
     "default",
     "nothing",
     plot::member,
     [](liar& l, unsigned round) {
       if (round == 0) return;
       l.told.id.raw[0] ^= 1;
       l.tell_good_list();
     },
     {files_only, version::running}},
    {"an implant that was told while both sets passed is not told when that is over",
     small,
     "default",
     "implant",
     plot::member,
     [](liar& l, unsigned round) {
       if (round == 0) return;
       l.told.id.raw[0] ^= 1;
       l.leave_out_entry(l.bad_entry());
     },
     {whole_upgrade, version::next, ending::undone}},
    {"one canary of three teaches an implant",
     small,
     "default",
     "implant",
     plot::canary,
     [](liar& l, unsigned) { l.extend_as_entry(file_line(evil_path, evil_content)); },
     {whole_upgrade, version::next}},
    {"one canary teaches an implant under the name of a new file",
     small,
     "default",
     "changed program",
     plot::canary,
     [](liar& l, unsigned) { l.extend_as_entry(file_line("/usr/bin/next", evil_content)); },
     {whole_upgrade, version::next}},
    {"one canary teaches another loader, whose events it leaves out",
     small,
     "default",
     "other loader",
     plot::canary,
     [](liar& l, unsigned) { l.leave_out_pcr(4); },
     {whole_upgrade, version::next, ending::enforced, true}},
    {"one canary takes from the set what is compared of PCR 14",
     small,
     "default",
     "PCR 14 extended at run time",
     plot::canary,
     [](liar& l, unsigned) { l.extend(14, measured(as_bytes("another"sv))); },
     {files_only, version::next}},
    {"one canary takes from the set what is told of PCR 5",
     small,
     "structure",
     "separator of an error",
     plot::canary,
     [](liar& l, unsigned) { l.extend_as_event(5, as_bytes("x"sv), as_bytes("x"sv)); },
     {files_only, version::next}},
    // Only the size of a command line would be shown.
    {"the line of the kernel that GRUB started is told as the value of a UEFI variable", small, "servers",
     "a second kernel with init=/evil", plot::stranger, disguise_line_of_grub},
    {"a command line without an IMA policy is told as the value of a UEFI variable", small, "default",
     "no IMA policy", plot::stranger, disguise_line_of_grub},
    {"the same after it was attested, and the log is told anew after a suspend", small, "servers",
     "a second kernel with init=/evil", plot::known_bad,
     [](liar& l, unsigned round) {
       l.suspend();
       disguise_line_of_grub(l, round);
     }},
    // The order of entries in different PCRs is not covered.
    {"a command line is extended into PCR 8, and entry 0 that fits it into PCR 13, told before the kernel's",
     direct, "two lists", "nothing", plot::stranger,
     [](liar& l, unsigned) {
       extend_line_of_grub(l);
       auto first = l.real().aggregate();
       first.pcr = 13;
       l.extend(13, first.digests);
       l.told.list.insert(l.told.list.begin(), first);
     }},
};

constexpr honest_case honest_table[] = {
    {"a kernel that measures nothing but its boot_aggregate proves nothing", "measures nothing", "default",
     "nothing", level::warning},
    {"a program in a folder of data is a program", small, "default", "implant in a folder of data",
     level::warning},
    {"a kexec is at least a warning", small, "default", "kexec that carried its list", level::warning},
    {"files called boot_aggregate do not hide that of a kexec", small, "default",
     "kexec after 64 files called boot_aggregate", level::warning},
    {"a list that was lost by kexec is a failure", small, "default", "kexec that lost its list",
     level::untrusted},
    {"a path that is spelt from an excluded folder is not in it", small, "default",
     "implant, its path spelt from an excluded folder", level::untrusted},
    {"a program with a blank in its path is looked for under its own name", small, "strict",
     "implant with a blank in its path", level::untrusted},
    {"a file that must be signed and is not", small, "signed", "unsigned program", level::untrusted},
    {"a forbidden parameter of the kernel is found", small, "servers", "init=/evil", level::untrusted},
    {"a forbidden parameter is found after any white space", small, "servers", "init=/evil after a tab",
     level::untrusted},
    {"a forbidden parameter is found in quotes", small, "servers", "init=/evil in quotes", level::untrusted},
    {"a command line that is not wholly shown is not known", "made", "servers",
     "init=/evil beside a letter that is no Latin-1", level::untrusted},
    {"a parameter for init is none of the kernel's", small, "servers",
     "ima_policy= for init only, nothing is measured", level::untrusted},
    {"words in quotes are no parameter", small, "servers", "ima_policy= within quotes, nothing is measured",
     level::untrusted},
    {"a policy that measures nothing is none", small, "servers", "ima_policy=none", level::untrusted},
    {"a policy that only appraises measures nothing", small, "servers", "ima_policy=appraise_tcb",
     level::untrusted},
    {"the last of two kernels that GRUB loaded is the one that runs", small, "servers",
     "a second kernel with init=/evil", level::untrusted},
    {"a kernel whose path has a blank is one", small, "servers", "a second kernel whose path has a blank",
     level::untrusted},
    {"a kernel that is a list of blocks is one", small, "servers", "a second kernel of blocks of a disk",
     level::untrusted},
    {"a kernel on the net needs no slash", small, "servers", "a second kernel on the net", level::untrusted},
    {"a kexec whose kernel measures its boot_aggregate by another hash is one", small, "known-only",
     "kexec to a kernel with ima_hash=sha1", level::warning},
    {"a forbidden line of kexec is found before a NUL", small, "known-only",
     "forbidden kexec line before a NUL", level::untrusted},
};

} // namespace

std::span<const named_case> named_cases() { return attacks; }

scene scene_of(const named_case& one, const stage& on) {
  return {on.cast_named(one.cast),
          law_named(one.law),
          law_named("default"),
          badness_named(one.badness),
          one.how,
          false,
          true,
          one.group};
}

std::span<const honest_case> honest_cases() { return honest_table; }

} // namespace muster::liar
