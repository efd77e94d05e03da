// Which events of a boot can be the kernel's command line.
#pragma once

#include "appraisal/claims/claims.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// Whether any event can be one by which a boot loader measured a command line: a candidate. Bytes and PCR
/// decide, never a label or type, which are the log's words.
/// PCR 8, GRUB. It measures each command before it runs it, its arguments joined by blanks, and then the
/// kernel's command line: the arguments of `linux`, `linuxefi` or `linux16`, quoted and joined
/// (grub-core/script/execute.c, grub-core/lib/cmdline.c). A candidate is
///   - a text that is these arguments, whatever it begins with: on the net, and in block lists, files need no
///     slash, and a path with a blank begins with a quote. It is whole
///   - such a command without its text
///   - a text that begins as a file does, without a command for it
///   - what is not shown whole
/// Commands that start kernels of another kind (multiboot, xen_hypervisor, legacy_kernel) are candidates.
/// PCR 12, systemd-boot and its stub: any event, whole if it is shown whole.
bool may_have_command_line(const boot_content& boot);

/// The only candidate, if it is whole: all of what the kernel got, from a command that is measured as well.
/// Null if it is not, or there is another: nobody knows then which the kernel was started with. Points into
/// `boot`.
const boot_event* proven_command_line(const boot_content& boot);

/// The name of the command that GRUB measured with this event of PCR 8, behind those that only run another;
/// none if the event is of another PCR, or starts something. Of a line that was started, its first word. A
/// view into `event`.
std::optional<std::string_view> grub_command_in(const boot_event& event);

/// What the kernel got of such an event. GRUB puts "BOOT_IMAGE=" before the text that it measures, whose
/// first word is the file: without it a file could be called like a parameter.
std::string kernels_text_of(const boot_event& line);

} // namespace muster::appraisal
