#include "actors/service/field_codec.hpp"

namespace muster::service {

void put_pcr(records::PcrValue::Builder out, hash_algorithm bank, std::uint8_t index, byte_view value) {
  out.setAlgorithm(static_cast<std::uint16_t>(bank));
  out.setIndex(index);
  out.setValue(data_of(value));
}

pcr_value read_pcr(records::PcrValue::Reader in, field_check& check) {
  pcr_value out;
  out.bank = check.algorithm("pcr.algorithm", in.getAlgorithm());
  out.index = in.getIndex();
  if (out.index > 23) check.fail("pcr.index", "is over 23");
  out.value = check.digest("pcr.value", out.bank, in.getValue());
  return out;
}

} // namespace muster::service
