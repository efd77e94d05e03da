#include "appraisal/policy/judged_check.hpp"

#include <algorithm>
#include <array>

namespace muster::appraisal {

namespace {

struct check_row {
  judged_check check;
  std::string_view name;
  severity usual;
  severity least;
};

constexpr auto note = severity::note;
constexpr auto warning = severity::warning;
constexpr auto failure = severity::failure;

constexpr std::array<check_row, judged_check_count> check_rows{{
    {judged_check::boot_configuration, "boot.configuration", note, note},
    {judged_check::no_boot_log, "boot.no-log", warning, note},
    {judged_check::sha1_boot_log, "boot.sha1-log", warning, note},
    {judged_check::boot_log_banks, "boot.log-banks", warning, note},
    {judged_check::separator, "boot.separator", warning, note},
    {judged_check::secure_boot_late, "boot.secure-boot-late", warning, note},
    {judged_check::debug_mode, "boot.debug-mode", warning, note},
    {judged_check::audit_mode, "boot.audit-mode", warning, note},
    {judged_check::validation_off, "boot.validation-off", warning, note},
    {judged_check::boot_log_incomplete, "boot.log-incomplete", note, note},
    {judged_check::not_measured, "boot.not-measured", warning, warning},
    {judged_check::secure_boot_off, "boot.secure-boot", note, note},
    {judged_check::unbound_ima_log, "ima.boot-aggregate", warning, note},
    {judged_check::no_ima_log, "ima.no-log", warning, note},
    {judged_check::padded_bank, "ima.padded-bank", note, note},
    {judged_check::ima_policy_unknown, "ima.policy-unknown", note, note},
    {judged_check::nothing_measured, "ima.nothing-measured", warning, note},
    {judged_check::violation, "ima.violation", warning, note},
    {judged_check::unknown_file, "ima.unknown-file", failure, note},
    {judged_check::changed_file, "ima.changed-file", failure, warning},
    {judged_check::other_content, "ima.other-content", warning, note},
    {judged_check::not_a_file, "ima.not-a-file", warning, note},
    {judged_check::signature, "ima.signature", failure, warning},
    {judged_check::buffer, "ima.buffer", failure, warning},
    {judged_check::require_secure_boot, "require.secure-boot", failure, warning},
    {judged_check::require_dbx, "require.dbx", failure, warning},
    {judged_check::require_command_line, "require.command-line", failure, warning},
    {judged_check::require_boot_aggregate, "require.boot-aggregate", failure, warning},
    {judged_check::require_ima_policy, "require.ima-policy", failure, warning},
    {judged_check::require_firmware, "require.firmware", failure, warning},
    {judged_check::require_pk, "require.pk", failure, warning},
    {judged_check::require_kek, "require.kek", failure, warning},
    {judged_check::require_db, "require.db", failure, warning},
    {judged_check::require_mok, "require.mok", failure, warning},
    {judged_check::require_option_roms, "require.option-roms", failure, warning},
    {judged_check::require_unified_kernel, "require.unified-kernel", failure, warning},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < check_rows.size(); ++i)
    if (static_cast<std::size_t>(check_rows[i].check) != i) return false;
  return true;
}
static_assert(in_order(), "a row is found by its number");

const check_row& row_of(judged_check check) noexcept {
  return check_rows[std::min(static_cast<std::size_t>(check), check_rows.size() - 1)];
}

} // namespace

std::string_view name_of(judged_check check) noexcept { return row_of(check).name; }
severity usual_level(judged_check check) noexcept { return row_of(check).usual; }
severity least_level(judged_check check) noexcept { return row_of(check).least; }

std::optional<judged_check> judged_check_from(std::string_view name) noexcept {
  const auto* found = std::ranges::find(check_rows, name, &check_row::name);
  if (found == check_rows.end()) return std::nullopt;
  return found->check;
}

} // namespace muster::appraisal
