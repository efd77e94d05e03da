// Words for a kernel and its loader that are known to do nothing to IMA and its TPM. Pure.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/kernel/kernel_command_line.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// The first parameter that is not known to leave IMA and the TPM under it alone; a view into the line. The
/// list of harmful ones has no end: `reserve=` and `memmap=`, for example, take the TPM's registers, and IMA
/// then extends nothing. So any parameter counts as harmful that is neither on the list here nor among
/// `more`, the operator's own list. A name in `more` that ends with a dot stands for all names that begin so.
/// Dashes and underscores are the same.
std::optional<std::string_view> doubtful_parameter(const kernel_parameters& line,
                                                   std::span<const std::string> more);

/// Whether the event is from GRUB's menu remembering how the last boot went: a condition, or `set
/// recordfail=`. It differs from boot to boot and does not change what is loaded.
bool counts_boots(const boot_event& event);

/// The first command of GRUB (PCR 8) that is not known to leave alone what the kernel finds: `acpi` removes
/// tables by which the kernel finds the TPM, and `write_dword` writes anywhere. A view into `boot`. Commands
/// that start a kernel have their own rules (command_line_events.hpp).
std::optional<std::string_view> doubtful_command(const boot_content& boot, std::span<const std::string> more);

} // namespace muster::appraisal
