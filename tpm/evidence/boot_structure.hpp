// What the structure of a verified boot log shows.
#pragma once

#include "tpm/evidence/boot_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace muster::tpm {

/// docs/checks.md 14 to 16. None of these makes evidence false: the appraisal policy judges them.
enum class boot_issue : std::uint8_t {
  separator_missing,          ///< a PCR of 0 to 7 has events and no separator
  separator_repeated,         ///< more than one: what counts as "before" can be forged
  separator_error,            ///< H(00000001): the firmware reports an error
  configuration_too_late,     ///< a Secure Boot variable in PCR 7 after its separator
  debug_mode,                 ///< "UEFI Debug Mode" in PCR 7
  validation_disabled,        ///< shim was told not to validate (MokSBState is not 0)
  exit_boot_services_missing, ///< PCR 5 lacks the invocation or the successful return
  not_measured,               ///< a PCR of 0 to 7 still has its start value
  audit_mode,       ///< AuditMode is on: the firmware starts what it should refuse, and only logs it
  uncovered,        ///< an event of PCR 7 whose digest does not cover its data: its real content is hidden
  separator_unknown ///< of the type, with a value that the specification does not have
};
constexpr boot_issue last_of(boot_issue) noexcept { return boot_issue::separator_unknown; }

struct boot_remark {
  boot_issue issue = boot_issue::not_measured;
  std::uint8_t pcr = 0;
  std::optional<std::uint32_t> event; ///< number of the event, if one is to blame

  friend bool operator==(const boot_remark&, const boot_remark&) = default;
};

/// Most remarks for one issue in one PCR. A log can have thousands of such events; a reader learns nothing
/// more from further ones.
inline constexpr std::size_t max_remarks = 64;

/// Remarks in the order of PCRs. Debug mode and one-byte variables that turn a check off are recognized by
/// their digests in the replayed banks, because neither type nor data is covered. PCRs that the log does not
/// explain are skipped, except for `not_measured`.
///
/// What is a separator: the type comes first, because other events may measure the same four bytes
/// (`BootOrder` of 0001,0000 has the digest of an error separator). But the type is not covered, so:
///   - in PCR 7, where a forged order could turn Secure Boot on, every event with the digest of a separator is
///     one, whatever its type
///   - elsewhere an event with the digest of a normal separator is one, unless it comes first and is the value of a boot option in PCR 1 or
///     one of the S-CRTM's events of PCR 0: a second separator does not hide as another type
///   - in PCR 5, an event after ExitBootServices is not the firmware's separator
std::vector<boot_remark> check_structure(const verified_boot_log& log);

/// The zero value means that nothing is known.
enum class secure_boot : std::uint8_t { unknown = 0, off = 1, on = 2 };

/// The variable SecureBoot of EFI_GLOBAL_VARIABLE, measured into PCR 7 before its separator, with a digest
/// over all of it. `unknown` if there is none, or two that differ (docs/checks.md 13, 15).
secure_boot secure_boot_of(const verified_boot_log& log);

/// A variable that says what Secure Boot trusts or how it runs.
struct secure_boot_variable {
  std::string name;             ///< one of `secure_boot_variable_names`
  crypto::digest digest;        ///< of the event, in the bank of the log
  std::uint64_t size = 0;       ///< bytes of its value
  std::uint64_t signatures = 0; ///< in its lists; 0 for a mode
  std::uint8_t mode = 0;        ///< the value of a mode; 0 for a list
};

/// Lists: PK, KEK, db, dbx, dbt, dbr. Modes of one byte: SecureBoot, SetupMode, AuditMode, DeployedMode.
inline constexpr std::string_view secure_boot_variable_names[] = {
    "SecureBoot", "PK", "KEK", "db", "dbx", "dbt", "dbr", "SetupMode", "AuditMode", "DeployedMode"};

/// The variables with these names, from their proper vendors (EFI_GLOBAL_VARIABLE,
/// EFI_IMAGE_SECURITY_DATABASE), that were measured into PCR 7 before its separator with a digest over all of
/// them; in the order of the names above. A variable is left out if it occurs twice with different content,
/// or if its value is not what its name requires: a list of signatures, or a mode of at most one byte.
std::vector<secure_boot_variable> secure_boot_variables_of(const verified_boot_log& log);

} // namespace muster::tpm
