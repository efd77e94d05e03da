// PCR values in a file, in each form that tpm2-tools writes.
#pragma once

#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

/// Reads the values of the registers that a quote selects:
///   - the form of `tpm2_quote -o`, which names its own selection (`parse_tools_pcrs`)
///   - plain values, `tpm2_quote -o -F values` and `tpm2_pcrread -o`: the digests one after another, in the
///     order of `quoted` and with nothing between them. The length has to be exactly theirs.
///   - the text that `tpm2_pcrread` prints. Registers that were not quoted are left out.
/// The values are claims until `verify_pcr_values` has compared them with a quote. fault malformed: in none of
/// these forms, a register twice, or text that lacks a quoted register; otherwise as `parse_tools_pcrs`.
result<pcr_values> read_pcr_file(byte_view content, const pcr_order& quoted);

} // namespace muster::tpm
