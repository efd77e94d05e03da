#include "node/ra_agent/evidence_frames.hpp"

#include "messages/build.hpp"
#include "schemas/wire.capnp.h"

namespace muster::node {

namespace {

unsigned count_of(const tpm::pcr_selection& present) {
  unsigned out = 0;
  for (const auto& bank : present)
    out += static_cast<unsigned>(std::popcount(bank.mask));
  return out;
}

void put_values(wire::Evidence::Builder out, const tpm::pcr_values& values) {
  const auto present = values.present();
  auto list = out.initPcrs(count_of(present));
  unsigned at = 0;
  for (const auto& bank : present)
    for (unsigned i = 0; i < tpm::pcr_count; ++i) {
      if ((bank.mask >> i & 1U) == 0) continue;
      auto one = list[at++];
      one.setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
      one.setIndex(static_cast<std::uint8_t>(i));
      one.setValue(data_of(values.get(bank.algorithm, i)));
    }
}

} // namespace

bytes evidence_frame(const quoted_evidence& evidence) {
  return build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
    auto out = frame.initEvidence();
    out.setNumber(evidence.number.value);
    out.setManifest(data_of(evidence.manifest));
    out.setAttest(data_of(evidence.attest));
    out.setSignature(data_of(evidence.signature));
    put_values(out, evidence.values);
    out.setLast(evidence.last);
  });
}

bytes log_frame(const log_part& log, std::uint32_t part) {
  return build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
    auto out = frame.initLogPart();
    out.setNumber(log.number.value);
    out.setPart(part);
    out.setLog(log.log == log_kind::boot ? wire::LogPart::Log::BOOT : wire::LogPart::Log::IMA);
    out.setBody(data_of(log.body));
    out.setLast(log.last);
  });
}

bytes unable_frame(attestation_number number, const fault& why) {
  constexpr std::size_t longest = 200;
  return build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
    auto out = frame.initUnable();
    out.setNumber(number.value);
    out.setWhy(text_of(printable(why.check, longest)));
  });
}

} // namespace muster::node
