// TPMS_ATTEST: if it parses, writing its selection gives the bytes that were read.
#include "tpm/format/attest.hpp"

#include "messages/vocabulary/writer.hpp"

#include <cstdlib>

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto attest = tpm::parse_quote_attest({input, size});
  if (!attest) return 0;
  writer out;
  tpm::write_pcr_selection(out, attest->order);
  const byte_view whole{input, size};
  // What is selected does not depend on how often a bank is named.
  std::uint32_t both = 0;
  for (const auto& one : attest->order)
    both |= one.mask & ~attest->order.merged().mask_of(one.algorithm);
  if (both != 0) std::abort();
  const auto behind = 2 + attest->pcr_digest.size();
  const auto written = byte_view{out.view()};
  if (!same(whole.subspan(size - behind - written.size(), written.size()), written)) std::abort();
  return 0;
}
