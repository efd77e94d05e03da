// TPMT_PUBLIC: an area that parses keeps its bytes. Name, template, key and the rules for EKs and AKs accept
// any area that parses.
#include "tpm/evidence/ak.hpp"
#include "tpm/evidence/ek.hpp"

#include <cstdlib>

using namespace muster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const byte_view whole{input, size};
  (void)tpm::parse_sized_public_area(whole);
  const auto area = tpm::parse_public_area(whole);
  if (!area) return 0;
  if (!same(area->raw(), whole) || area->template_part().size() >= size) std::abort();
  if (tpm::name_of(*area).size() < 2) std::abort();
  (void)tpm::key_of(*area);
  // No key can be both EK and AK.
  if (tpm::verify_ek_form(*area).ok() && tpm::verify_ak_form(*area).ok()) std::abort();
  return 0;
}
