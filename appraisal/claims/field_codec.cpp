#include "appraisal/claims/field_codec.hpp"

namespace muster::appraisal {

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
  out.kind = check.value<finding_kind>("finding.kind", in.getKind());
  out.level = check.value<severity>("finding.level", in.getLevel());
  out.check = text_of(in.getCheck());
  out.subject = text_of(in.getSubject());
  out.expected = text_of(in.getExpected());
  out.found = text_of(in.getFound());
  out.sentence = text_of(in.getSentence());
  out.remedy = text_of(in.getRemedy());
  return out;
}

void put_pcr(records::PcrValue::Builder out, const pcr_claim& in) {
  out.setAlgorithm(static_cast<std::uint16_t>(in.algorithm));
  out.setIndex(in.index);
  out.setValue(data_of(in.value.view()));
}

pcr_claim read_pcr(records::PcrValue::Reader in, field_check& check) {
  pcr_claim out;
  out.algorithm = check.algorithm("pcr.algorithm", in.getAlgorithm());
  out.index = in.getIndex();
  if (out.index > 23) check.fail("pcr.index", "is over 23");
  out.value = check.digest("pcr.value", out.algorithm, in.getValue());
  return out;
}

void put_after_log(records::AfterLog::Builder out, const tpm::after_log& in) {
  out.setPcr(in.pcr);
  const auto* path = in.phases();
  out.setUnexplained(path == nullptr);
  if (path == nullptr) return;
  auto phases = out.initPhases(static_cast<unsigned>(path->phases().size()));
  for (unsigned i = 0; i < phases.size(); ++i)
    phases.set(i, static_cast<std::uint8_t>(path->phases()[i]));
}

tpm::after_log read_after_log(records::AfterLog::Reader in, field_check& check) {
  tpm::after_log out{in.getPcr(), tpm::unexplained{}};
  if (out.pcr >= tpm::pcr_count || (tpm::os_pcrs >> out.pcr & 1U) == 0)
    check.fail("afterLog.pcr", "is not a PCR of the operating system");
  if (in.getUnexplained()) return out;
  tpm::phase_path path;
  for (const auto one : in.getPhases())
    if (!path.add(check.value<tpm::os_phase>("afterLog.phases", one)))
      check.fail("afterLog.phases", "are not phases that a system can go through");
  if (!path.empty() && out.pcr != tpm::phase_pcr) check.fail("afterLog.phases", "belong to another PCR");
  out.what = std::move(path);
  return out;
}

} // namespace muster::appraisal
