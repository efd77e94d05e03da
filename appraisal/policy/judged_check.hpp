// The checks whose weight the operator decides. All others are not negotiable: signatures, nonces, counters,
// the replay of logs, and any difference from the reference in what booted.
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace muster::appraisal {

enum class judged_check : std::uint8_t {
  boot_configuration,  ///< PCR 1, 5 or 6 differs from the reference
  no_boot_log,         ///< a machine without a boot log; an honest GRUB without Secure Boot leaves none
  sha1_boot_log,       ///< a boot log in TCG's old format: it explains no SHA-256 value
  boot_log_banks,      ///< a boot log without a quoted bank
  separator,           ///< missing, repeated, or one that reports a firmware error
  secure_boot_late,    ///< Secure Boot variables after the separator
  debug_mode,          ///< of the firmware
  audit_mode,          ///< of the firmware
  validation_off,      ///< shim was told not to validate
  boot_log_incomplete, ///< no ExitBootServices: a direct kernel boot lacks it
  not_measured,        ///< a PCR has its start value; never below warning (docs/checks.md 16)
  secure_boot_off,     ///< PCR 7 must be equal anyway
  unbound_ima_log,     ///< boot_aggregate is zero or could not be checked; a wrong one always fails
  no_ima_log,          ///< nothing shows what runs on the machine
  padded_bank,         ///< an IMA bank that is no stronger than SHA-1 (docs/checks.md 22)
  ima_policy_unknown,  ///< no proof that IMA was told to measure (docs/checks.md 24)
  nothing_measured,    ///< the IMA list has only its first line, or root may have made it up
  violation,           ///< IMA could not measure what was used (docs/checks.md 19)
  unknown_file,        ///< neither path nor content is in the reference
  changed_file,        ///< a known path with other content; never below warning
  other_content,       ///< a known path with the content of another known file
  not_a_file,          ///< a buffer or key without a rule
  signature,           ///< a file that must be signed is not; never below warning
  buffer,              ///< a buffer or key that its rules forbid; never below warning
  // A claim that `required_claims` asks for is not proven; never below warning.
  require_secure_boot,
  require_dbx,
  require_command_line,
  require_boot_aggregate,
  require_ima_policy,
  require_firmware,
  require_pk,
  require_kek,
  require_db,
  require_mok,
  require_option_roms,
  require_unified_kernel
};

inline constexpr auto judged_check_count = static_cast<std::size_t>(judged_check::require_unified_kernel) + 1;

/// The name in findings, such as "ima.violation". Stable: policies and records hold these names.
std::string_view name_of(judged_check check) noexcept;
std::optional<judged_check> judged_check_from(std::string_view name) noexcept;
/// The weight unless a policy sets another.
severity usual_level(judged_check check) noexcept;
/// The lowest weight that a policy may set.
severity least_level(judged_check check) noexcept;

} // namespace muster::appraisal
