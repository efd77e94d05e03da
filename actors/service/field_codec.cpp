#include "actors/service/field_codec.hpp"

namespace muster::service {

void put_finding(records::Finding::Builder out, const finding& in) {
  out.setKind(static_cast<std::uint8_t>(in.kind));
  out.setLevel(static_cast<std::uint8_t>(in.level));
  out.setCheck(text_of(in.check));
  out.setSubject(text_of(in.subject));
  out.setExpected(text_of(in.expected));
  out.setFound(text_of(in.found));
  out.setSentence(text_of(in.sentence));
  out.setRemedy(text_of(in.remedy));
}

finding read_finding(records::Finding::Reader in, field_check& check) {
  finding out;
  out.kind = check.value("finding.kind", in.getKind(), finding_kind::event);
  out.level = check.value("finding.level", in.getLevel(), severity::failure);
  out.check = text_of(in.getCheck());
  out.subject = text_of(in.getSubject());
  out.expected = text_of(in.getExpected());
  out.found = text_of(in.getFound());
  out.sentence = text_of(in.getSentence());
  out.remedy = text_of(in.getRemedy());
  return out;
}

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
