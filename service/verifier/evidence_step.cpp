#include "service/verifier/evidence_step.hpp"

#include "messages/view.hpp"
#include "schemas/wire.capnp.h"

namespace muster::service {

namespace {

/// The values that came along, as far as they are PCR values at all: hints that the quote must confirm.
tpm::pcr_values hints_of(wire::Evidence::Reader in) {
  tpm::pcr_values out;
  for (const auto pcr : in.getPcrs())
    if (const auto bank = hash_algorithm_from(pcr.getAlgorithm()))
      (void)out.set(*bank, pcr.getIndex(), bytes_of(pcr.getValue()));
  return out;
}

struct taken {
  appraisal::progress progress;
  bool last = false;
};

taken take_part0(appraisal::running_attestation& attestation, const frame& whole, wire::Evidence::Reader in) {
  const auto manifest = whole.inner(bytes_of(in.getManifest()));
  const auto progress =
      attestation.take_part0(manifest, bytes_of(in.getAttest()), bytes_of(in.getSignature()), hints_of(in));
  return {progress, in.getLast()};
}

taken take_log(appraisal::running_attestation& attestation, const frame& whole, wire::LogPart::Reader in) {
  const auto log =
      in.getLog() == wire::LogPart::Log::BOOT ? appraisal::log_kind::boot : appraisal::log_kind::ima;
  return {attestation.take_log_part(log, whole.inner(bytes_of(in.getBody()))), in.getLast()};
}

} // namespace

result<evidence_step> take_evidence(evidence_part part) {
  const auto parsed = parse_view<wire::AgentFrame>(part.part);
  if (!parsed || !part.attestation) return fault{errc::internal, "verifier: a frame that is no evidence"};
  return parsed->read([&](wire::AgentFrame::Reader in) -> result<evidence_step> {
    if (!in.isEvidence() && !in.isLogPart())
      return fault{errc::internal, "verifier: a frame that is no evidence"};
    auto& attestation = *part.attestation;
    const auto step = in.isEvidence() ? take_part0(attestation, part.part, in.getEvidence())
                                      : take_log(attestation, part.part, in.getLogPart());
    if (step.progress == appraisal::progress::more && !step.last)
      return evidence_step{std::move(part.attestation), nullptr};
    return evidence_step{
        nullptr, std::make_shared<const appraisal::attestation_outcome>(std::move(attestation).finish())};
  });
}

} // namespace muster::service
