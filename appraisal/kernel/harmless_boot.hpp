// Words that a kernel and its loader may be given without anybody asking what they do to IMA and its TPM.
// Pure.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/kernel/kernel_command_line.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// The first parameter that is not known to leave IMA and the TPM under it alone; a view into the line. Which
/// do not is a list without end: `reserve=` and `memmap=` take the TPM's registers, and IMA extends nothing
/// then. So harm is what is not on the list here, and not among `more`, which are the operator's. A name
/// there that ends with a dot stands for all that begin so. Dashes and underscores are the same.
std::optional<std::string_view> doubtful_parameter(const kernel_parameters& line,
                                                   std::span<const std::string> more);

/// Whether the event is of GRUB's menu remembering how the last boot went: a condition, or `set recordfail=`.
/// It differs from boot to boot, and tells nobody what to load.
bool counts_boots(const boot_event& event);

/// The first command of GRUB (PCR 8) that is not known to leave alone what the kernel finds: `acpi` takes
/// tables away, by which it finds the TPM, and `write_dword` writes anywhere. A view into `boot`. Commands
/// that start something have their own rules (command_line_events.hpp).
std::optional<std::string_view> doubtful_command(const boot_content& boot, std::span<const std::string> more);

} // namespace muster::appraisal
