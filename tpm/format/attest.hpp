// TPMS_ATTEST: what a TPM signs when it quotes.
#pragma once

#include "tpm/format/pcr_selection.hpp"

namespace muster::tpm {

/// TPM_GENERATED_VALUE: a restricted key never signs external data that begins with it.
inline constexpr std::uint32_t tpm_generated_value = 0xff544347;
/// TPM_ST_ATTEST_QUOTE.
inline constexpr std::uint16_t attest_quote_tag = 0x8018;

/// TPMS_CLOCK_INFO (TPM 2.0 Part 2, 10.11.1). The numbers are true only under keys of the endorsement
/// hierarchy; under others the TPM may obfuscate them.
struct clock_info {
  std::uint64_t clock = 0;         ///< milliseconds that the TPM was powered, over all boots
  std::uint32_t reset_count = 0;   ///< TPM Resets
  std::uint32_t restart_count = 0; ///< TPM Restarts and Resumes since the last reset
  bool safe = false;               ///< no value of `clock` above this one was ever reported

  friend bool operator==(const clock_info&, const clock_info&) = default;
};

/// The content of a quote. Views point into the parsed bytes.
struct quote_attest {
  byte_view qualified_signer;
  byte_view extra_data; ///< the qualifying data given to TPM2_Quote
  clock_info clock;
  std::uint64_t firmware_version = 0;
  pcr_order order; ///< in which the values were hashed
  byte_view pcr_digest;
};

/// Parses a TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE (TPM 2.0 Part 2, 10.12.8) with no trailing bytes. `safe`
/// must be 0 or 1, and sizeofSelect 3. fault malformed, unsupported, limit. Parse only bytes whose
/// signature was verified: see `verify_quote`.
result<quote_attest> parse_quote_attest(byte_view input);

} // namespace muster::tpm
