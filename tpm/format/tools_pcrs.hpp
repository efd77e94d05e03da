// The file of PCR values that `tpm2_quote --pcrs` writes.
#pragma once

#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

/// The content of the file: what is selected, and the values, which the file has in the selection's order.
struct tools_pcrs {
  pcr_selection selection; ///< each bank once, also if the file names one again
  pcr_values values;
};

/// Parses the "serialized" format of tpm2-tools 5: structures as they are in the memory of a little-endian
/// host. There must be exactly as many values as the selection has bits, each of its bank's length; a PCR
/// that is selected twice must have one value. Bytes that the structures do not use (padding, the rest of
/// each buffer) are ignored. fault malformed, unsupported, limit. The values are claims until
/// `verify_pcr_values` has compared them with a quote.
result<tools_pcrs> parse_tools_pcrs(byte_view input);

} // namespace muster::tpm
