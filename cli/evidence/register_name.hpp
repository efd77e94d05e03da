// What the registers of a log are called.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::cli {

/// Whose registers a log extends. Nothing in the log says it: the Confidential Computing Event Log has the
/// format of a TPM's.
enum class log_registers : std::uint8_t {
  of_tpm, ///< PCRs
  of_tdx  ///< Intel TDX: MRTD and RTMR0 to RTMR3 (UEFI 2.10, 38.4.1: index 0 and 1 to 4)
};

/// "tpm" or "tdx"; empty for anything else.
std::optional<log_registers> log_registers_from(std::string_view word) noexcept;

/// "4" or "RTMR3"; "MR 5" for an index that TDX does not have.
std::string register_name(log_registers of, unsigned index);

/// What the ACPI table CCEL says of the log at `path`, if that is the kernel's
/// /sys/firmware/acpi/tables/data/CCEL: the table is next to the folder. `of_tpm` for any other file, and for a
/// table of another kind than TDX (ACPI 6.5, 5.2.34: 1 is SEV, 2 is TDX).
log_registers registers_of_file(const std::string& path);

/// Whether the bytes are that table and not the log: "CCEL", and its own length.
bool is_ccel_table(byte_view content) noexcept;

} // namespace muster::cli
