#include "tests/liar/move.hpp"

#include "tests/liar/badness.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace muster::liar {

using namespace std::string_view_literals;
using tpm::event_type;

namespace {

constexpr std::string_view layouts[] = {"ima-ng",
                                        "ima-sig",
                                        "ima-buf",
                                        "ima-modsig",
                                        "ima-ngv2",
                                        "ima-sigv2",
                                        "evm-sig",
                                        "d-ng|n-ng",
                                        "n-ng|d-ng",
                                        "sig|n-ng|d-ng",
                                        "d-ng|n-ng|sig",
                                        "d-ng|n-ng|buf",
                                        "sig|n-ng|d",
                                        "sig|n-ng|evmsig|xattrnames|xattrlengths|d-ng|iuid|igid|imode",
                                        "d-ng|sig",
                                        "buf|n-ng|d-ng",
                                        "d-ngv2|n-ng",
                                        "d-ng|n-ng|xattrvalues",
                                        "d-ng|n-ng|d-modsig|modsig"};

constexpr event_type types[] = {event_type::ipl,
                                event_type::separator,
                                event_type::efi_action,
                                event_type::no_action,
                                event_type::post_code,
                                event_type::event_tag,
                                event_type::efi_variable_driver_config,
                                event_type::efi_variable_authority,
                                event_type::s_crtm_version,
                                event_type::efi_boot_services_application,
                                event_type::efi_gpt_event,
                                event_type::preboot_cert};

constexpr std::string_view texts[] = {""sv,
                                      "\0\0\0\0"sv,
                                      "\xff\xff\xff\xff"sv,
                                      "\1\0\0\0"sv,
                                      ".linux\0"sv,
                                      ".linux"sv,
                                      ".cmdline\0"sv,
                                      "kernel_cmdline: /vmlinuz root=/dev/vda1 ro ima_policy=tcb"sv,
                                      "/vmlinuz root=/dev/vda1 ro ima_policy=tcb"sv,
                                      "x ima_policy=tcb"sv,
                                      "grub_cmd: linux"sv,
                                      "enter-initrd"sv,
                                      "leave-initrd"sv,
                                      "sysinit"sv,
                                      "ready"sv,
                                      "shutdown"sv,
                                      "final"sv,
                                      "UEFI Debug Mode"sv,
                                      "Exit Boot Services Invocation"sv,
                                      "Exit Boot Services Returned with Success"sv,
                                      "StartupLocality\0\3"sv,
                                      "StartupLocality\0\4"sv,
                                      "Spec ID Event03\0"sv,
                                      "evil"sv,
                                      "/boot/initrd.img"sv,
                                      "MokList"sv,
                                      "x\0 \0i\0m\0a\0_\0p\0o\0l\0i\0c\0y\0=\0t\0c\0b\0\0\0"sv};

constexpr std::string_view paths[] = {"/var/log/x",     "/var/lib/x",  "/run/x",        "/usr/bin/evil",
                                      "boot_aggregate", "/etc/passwd", "/var/log/../x", ""};

unsigned any_pcr(dice& d) {
  constexpr unsigned likely[] = {0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 14};
  return d.one_in(8) ? static_cast<unsigned>(d.below(24)) : d.of(likely);
}

bytes any_text(const liar& l, dice& d) {
  switch (d.below(4)) {
  case 0:
    return l.good().boot.lines.empty() ? bytes{}
                                       : l.good().boot.lines[d.below(l.good().boot.lines.size())].data;
  case 1: return bytes(d.below(40), static_cast<std::uint8_t>(d.below(256)));
  default: return muster::to_bytes(as_bytes(d.of(texts)));
  }
}

measurement any_measurement(const liar& l, dice& d) {
  switch (d.below(6)) {
  case 0: return filled_with(0);
  case 1: return filled_with(0xff);
  case 2: return measured(as_bytes(d.of(texts)));
  case 3: return l.good().list[d.below(l.good().list.size())].digests;
  case 4: return l.good().boot.lines[d.below(l.good().boot.lines.size())].digests;
  default: return measured(bytes(8, static_cast<std::uint8_t>(d.next())));
  }
}

bytes any_digest(const liar& l, dice& d) {
  switch (d.below(3)) {
  case 0: return muster::to_bytes(crypto::sha256(as_bytes(evil_content)));
  case 1: return bytes(32, 0);
  default: return muster::to_bytes(digest_in(l.good().list[d.below(l.good().list.size())]));
  }
}

/// Index of an event. One of the last four is as likely as a random one.
std::size_t any_event(const liar& l, dice& d) {
  if (l.events() == 0) return 0;
  return d.one_in(2) ? d.below(l.events()) : l.events() - 1 - d.below(std::min<std::size_t>(4, l.events()));
}

std::size_t any_entry(const liar& l, dice& d) {
  if (l.entries() == 0) return 0;
  switch (d.below(4)) {
  case 0: return l.bad_entry();
  case 1: return l.violation();
  case 2: return l.entries() - 1;
  default: return d.below(l.entries());
  }
}

ima_line any_line(const liar& l, dice& d) {
  const auto path = d.of(paths);
  switch (d.below(6)) {
  case 0: return l.real().aggregate();
  case 1: return file_line(path, evil_content);
  case 2: return violation_line(path, any_digest(l, d));
  case 3: return buffer_line("kexec-cmdline", as_bytes("root=/dev/vda1 ro"sv));
  case 4: return signed_line(path, evil_content, any_digest(l, d));
  default: return l.good().list[d.below(l.good().list.size())];
  }
}

constexpr move all_moves[] = {
    // text of the boot log
    {"no boot log", [](liar& l, dice&) { l.told.has_boot = false; }},
    {"leave out the events of a PCR", [](liar& l, dice& d) { l.leave_out_pcr(any_pcr(d)); }},
    {"leave out an event", [](liar& l, dice& d) { l.leave_out_event(any_event(l, d)); }},
    {"repeat an event", [](liar& l, dice& d) { l.repeat_event(any_event(l, d)); }},
    {"swap events",
     [](liar& l, dice& d) {
       const auto a = any_event(l, d);
       l.swap_events(a, d.one_in(2) ? a + 1 : any_event(l, d));
     }},
    {"move an event to another PCR", [](liar& l, dice& d) { l.move_event(any_event(l, d), any_pcr(d)); }},
    {"relabel an event's type", [](liar& l, dice& d) { l.retype_event(any_event(l, d), d.of(types)); }},
    {"relabel the types of a PCR",
     [](liar& l, dice& d) {
       const auto pcr = any_pcr(d);
       const auto type = d.of(types);
       for (std::size_t i = 0; i < l.events(); ++i)
         if (l.told.boot.lines[i].pcr == pcr) l.retype_event(i, type);
     }},
    {"reword an event", [](liar& l, dice& d) { l.reword_event(any_event(l, d), any_text(l, d)); }},
    {"reword the events of a PCR",
     [](liar& l, dice& d) {
       const auto pcr = any_pcr(d);
       const auto text = any_text(l, d);
       for (std::size_t i = 0; i < l.events(); ++i)
         if (l.told.boot.lines[i].pcr == pcr) l.reword_event(i, text);
     }},
    {"insert an event that is not measured",
     [](liar& l, dice& d) {
       auto line = line_of(any_pcr(d), event_type::no_action, any_text(l, d));
       if (d.one_in(2)) line.digests = filled_with(0);
       l.insert_event(d.below(l.events() + 1), std::move(line));
     }},
    {"insert an event that nobody extended",
     [](liar& l, dice& d) {
       l.insert_event(d.below(l.events() + 1), line_of(any_pcr(d), d.of(types), any_text(l, d)));
     }},
    {"cut the boot log", [](liar& l, dice& d) { l.cut_boot(d.below(6)); }},
    {"tell the boot log of a good machine", [](liar& l, dice&) { l.tell_good_boot(); }},
    {"show SHA-1 digests only", [](liar& l, dice&) { l.told.boot.shown = {hash_algorithm::sha1}; }},
    {"write the old form of log", [](liar& l, dice&) { l.told.boot.written = boot_story::form::old; }},
    {"pad the boot log",
     [](liar& l, dice& d) { l.told.boot.padding.assign(d.below(64), d.one_in(2) ? 0 : 0xff); }},
    {"tell entries as events of PCR 10",
     [](liar& l, dice& d) {
       l.tell_entries_as_events(d.one_in(2) ? l.entries() : d.below(l.entries() + 1));
     }},
    {"tell events as entries", [](liar& l, dice& d) { l.tell_events_as_entries(any_pcr(d)); }},
    // PCR extensions at run time
    {"extend a PCR", [](liar& l, dice& d) { l.extend(any_pcr(d), any_measurement(l, d)); }},
    {"extend a PCR and tell it as an event",
     [](liar& l, dice& d) {
       const auto text = any_text(l, d);
       l.extend_as_event(any_pcr(d), text, d.one_in(4) ? any_text(l, d) : text, d.of(types));
     }},
    {"extend a good boot into a PCR and tell it", [](liar& l, dice& d) { l.extend_good_boot(any_pcr(d)); }},
    {"extend the good list and tell only that", [](liar& l, dice&) { l.extend_good_list(); }},
    {"extend an entry and tell it",
     [](liar& l, dice& d) {
       auto line = any_line(l, d);
       if (d.one_in(6)) line.pcr = any_pcr(d);
       l.extend_as_entry(std::move(line));
     }},
    {"extend a known file into a PCR as IMA's, and one after it",
     [](liar& l, dice& d) {
       auto line = l.good().list.back();
       line.pcr = any_pcr(d);
       l.extend_as_entry(std::move(line));
       l.extend_as_entry(l.good().list.back());
     }},
    {"extend 64 entries called boot_aggregate",
     [](liar& l, dice& d) {
       const auto known = digest_in(l.good().list[d.below(l.good().list.size())]);
       for (int i = 0; i < 64; ++i)
         l.extend_as_entry(aggregate_line(known));
     }},
    // text of the list
    {"leave out an entry", [](liar& l, dice& d) { l.leave_out_entry(any_entry(l, d)); }},
    {"repeat an entry", [](liar& l, dice& d) { l.repeat_entry(any_entry(l, d)); }},
    {"swap entries", [](liar& l, dice& d) { l.swap_entries(any_entry(l, d), any_entry(l, d)); }},
    {"move an entry to another PCR", [](liar& l, dice& d) { l.move_entry(any_entry(l, d), any_pcr(d)); }},
    {"relabel an entry",
     [](liar& l, dice& d) { l.relabel_entry(any_entry(l, d), std::string{d.of(layouts)}); }},
    {"relabel all entries", [](liar& l, dice& d) { l.relabel_all(std::string{d.of(layouts)}); }},
    {"call an entry a violation", [](liar& l, dice& d) { l.call_violation(any_entry(l, d)); }},
    {"reword a violation",
     [](liar& l, dice& d) { l.reword_violation(l.violation(), d.of(paths), any_digest(l, d)); }},
    {"extend a violation with words",
     [](liar& l, dice& d) { l.extend_as_entry(violation_line(d.of(paths), any_digest(l, d))); }},
    {"cut the list", [](liar& l, dice& d) { l.cut_list(1 + d.below(4)); }},
    {"tell the list of a good machine", [](liar& l, dice&) { l.tell_good_list(); }},
    {"tell what a kexec lost", [](liar& l, dice&) { l.tell_whole_list(); }},
    {"tell no list", [](liar& l, dice&) { l.told.list.clear(); }},
    {"insert an entry that nobody extended",
     [](liar& l, dice& d) { l.insert_entry(d.below(l.entries() + 1), any_line(l, d)); }},
    // the whole account
    {"another boot id",
     [](liar& l, dice& d) { l.told.id.raw[0] ^= static_cast<std::uint8_t>(1 + d.below(3)); }},
    {"the boot id of a good machine", [](liar& l, dice&) { l.told.id = l.good().id; }},
    {"answer with what was answered last", [](liar& l, dice&) { l.told.late = true; }},
    {"withhold whole logs", [](liar& l, dice&) { l.told.withholds = true; }},
    {"send no PCR values", [](liar& l, dice&) { l.told.hints = false; }},
};

} // namespace

std::span<const move> moves() { return all_moves; }

std::size_t move_named(std::string_view name) {
  const auto at =
      std::ranges::find(all_moves, name, [](const move& one) { return std::string_view{one.name}; });
  REQUIRE_MESSAGE(at != std::end(all_moves), "unknown move: " << name);
  return static_cast<std::size_t>(at - std::begin(all_moves));
}

} // namespace muster::liar
