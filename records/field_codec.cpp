#include "records/field_codec.hpp"

namespace muster::service {

void put_pcr(records::PcrValue::Builder out, hash_algorithm bank, std::uint8_t index, byte_view value) {
  appraisal::put_quoted_pcr(out, {bank, index, crypto::digest{value}});
}

pcr_value read_pcr(records::PcrValue::Reader in, field_check& check) {
  const auto read = appraisal::read_quoted_pcr(in, check);
  return {read.algorithm, read.index, read.value};
}

} // namespace muster::service
