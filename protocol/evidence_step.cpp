#include "protocol/evidence_step.hpp"

#include "appraisal/attestation/running_attestation.hpp"
#include "messages/view.hpp"
#include "schemas/wire.capnp.h"

namespace muster::service {

namespace {

/// The PCR values that came along, if they are valid ones: hints that the quote must confirm.
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

fault no_evidence() { return {errc::internal, "verifier: a frame is not evidence"}; }

result<taken> take_part(appraisal::running_attestation& attestation, const frame& part) {
  const auto parsed = parse_view<wire::AgentFrame>(part);
  if (!parsed) return no_evidence();
  return parsed->read([&](wire::AgentFrame::Reader in) -> result<taken> {
    if (in.isEvidence()) return take_part0(attestation, part, in.getEvidence());
    if (in.isLogPart()) return take_log(attestation, part, in.getLogPart());
    return no_evidence();
  });
}

} // namespace

result<evidence_step> take_evidence(evidence_parts some) {
  if (!some.attestation || (some.parts.empty() && !some.cut_off)) return no_evidence();
  for (const auto& part : some.parts) {
    const auto taken = take_part(*some.attestation, part);
    if (!taken) return taken.fault();
    if (some.cut_off || (taken->progress == appraisal::progress::more && !taken->last)) continue;
    return evidence_step{nullptr, std::make_shared<const appraisal::attestation_outcome>(
                                      std::move(*some.attestation).finish())};
  }
  if (!some.cut_off) return evidence_step{std::move(some.attestation), nullptr};
  auto bad = std::move(*some.attestation).cut_off();
  if (!bad) return evidence_step{};
  return evidence_step{nullptr, std::make_shared<const appraisal::attestation_outcome>(*std::move(bad))};
}

} // namespace muster::service
