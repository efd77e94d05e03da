// Which events of a boot can be the kernel's command line.
#pragma once

#include "appraisal/claims/claims.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// Whether any event is a candidate: one with which a boot loader can have measured a command line. Its bytes
/// and its PCR decide, never a label or type, which are the log's word.
/// PCR 8, GRUB. It measures each command before it runs it, with the arguments joined by blanks, and after
/// that the kernel's command line: the arguments of `linux`, `linuxefi` or `linux16`, quoted and joined
/// (grub-core/script/execute.c, grub-core/lib/cmdline.c). A candidate is
///   - a text that equals these arguments, however it begins: on the net and in block lists a file needs no
///     slash, and a path with a blank begins with a quote. Such a text is whole
///   - such a command whose line was not measured
///   - a text that begins like a file name and has no such command
///   - an event that is not shown whole
/// Commands that start other kinds of kernels (multiboot, xen_hypervisor, legacy_kernel) are candidates, too.
/// PCR 12, systemd-boot and its stub: any event is a candidate; it is whole if it is shown whole.
bool may_have_command_line(const boot_content& boot);

/// The only candidate, if it is whole: everything that the kernel got, from a command that was measured as
/// well. Null if it is not whole or not the only one: then it is unknown which line the kernel was started
/// with. Points into `boot`.
const boot_event* proven_command_line(const boot_content& boot);

/// The name of the command that GRUB measured with this event of PCR 8, without leading commands that only
/// run another one. Nothing if the event is of another PCR, or if the command starts a kernel or a loader.
/// For a command line that was started, its first word. A view into `event`.
std::optional<std::string_view> grub_command_in(const boot_event& event);

/// The text that the kernel got, for a proven command line. GRUB puts "BOOT_IMAGE=" before the text that it
/// measures, whose first word is the file; without it, a file could have the name of a parameter.
std::string kernels_text_of(const boot_event& line);

} // namespace muster::appraisal
