// tpm2-tools' file of PCR values: a file that parses has a value for each selected PCR, and no other.
#include "tpm/format/tools_pcrs.hpp"

#include <cstdlib>

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto pcrs = tpm::parse_tools_pcrs({input, size});
  if (!pcrs) return 0;
  const auto present = pcrs->values.present();
  for (const auto& bank : pcrs->selection)
    if (present.mask_of(bank.algorithm) != bank.mask) std::abort();
  for (const auto& bank : present)
    if (pcrs->selection.mask_of(bank.algorithm) != bank.mask) std::abort();
  if (tpm::digest_of(pcrs->values, pcrs->selection, hash_algorithm::sha256).empty()) std::abort();
  return 0;
}
