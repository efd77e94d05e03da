// NV indices as the maker of a TPM left them: EK certificates and chains.
#include "tpm/format/nv_certificates.hpp"

#include <cstdlib>

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view input{data, size};
  if (const auto one = tpm::certificate_in_nv(input)) {
    // What is found is a part of the index, and is the same when it stands alone.
    if (one->data() < input.data() || one->data() + one->size() > input.data() + input.size()) std::abort();
    const auto again = tpm::certificate_in_nv(*one);
    if (!again || !same(*again, *one)) std::abort();
  }
  // The first byte says where the input is cut into two indices.
  if (input.empty()) return 0;
  constexpr std::size_t most = 8;
  const auto content = input.subspan(1);
  const auto cut = content.size() * input.front() / 256;
  const std::vector<tpm::nv_content> indices{{0x01c00100, to_bytes(content.first(cut))},
                                             {0x01c00101, to_bytes(content.subspan(cut))}};
  const auto found = tpm::chain_in_nv(indices, most);
  std::size_t all = 0;
  for (const auto& one : found.certificates)
    all += one.size();
  if (found.certificates.size() > most || all > content.size()) std::abort();
  if (found.notes.size() > 5) std::abort();
  return 0;
}
