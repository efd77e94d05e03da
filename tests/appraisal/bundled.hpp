// The evidence of a test machine as a bundle.
#pragma once

#include "appraisal/bundle/bundle_frames.hpp"
#include "appraisal/bundle/bundle_verification.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/reference/reference_codec.hpp"
#include "tests/appraisal/attesting_machine.hpp"

namespace muster::testing {

inline const bytes& node_spki() {
  static const bytes out = muster::to_bytes(as_bytes("a node's SubjectPublicKeyInfo"));
  return out;
}

/// A challenge as the service issues it, to the node that this TPM is.
inline appraisal::attestation_inputs challenge_of(attesting_machine& m, appraisal::logs_wanted logs) {
  auto in = m.challenge(logs);
  in.channel.node.raw = crypto::sha256(m.chip().ek().raw());
  in.channel.node_spki = crypto::sha256(node_spki());
  return in;
}

inline appraisal::kept_evidence kept_from(const attesting_machine& m, const appraisal::attestation_inputs& in,
                                          const evidence& e) {
  appraisal::kept_evidence out;
  out.manifest = muster::to_bytes(e.manifest.view());
  out.attest = e.quote.attest;
  out.signature = e.quote.signature;
  for (const auto& bank : e.hints.present())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0)
        out.pcrs.push_back(
            {bank.algorithm, static_cast<std::uint8_t>(i), crypto::digest{e.hints.get(bank.algorithm, i)}});
  out.nonce = in.challenge.nonce;
  out.exporter = in.channel.exporter;
  out.node_spki = node_spki();
  out.ak_public = m.chip().ak().raw();
  return out;
}

/// The pieces of a bundle. A test can change each before they are put together.
struct bundled {
  appraisal::bundle_header header;
  bytes policy;
  bytes reference; ///< empty: none
  bytes boot_log;
  bytes ima_log;
};

inline bundled bundle_of(attesting_machine& m) {
  const auto in = challenge_of(m, appraisal::logs_wanted::whole);
  const auto e = m.answer(in);
  bundled out;
  out.header.software = "test";
  out.header.node = in.channel.node;
  out.header.ek_public = m.chip().ek().raw();
  out.header.generation = {1};
  out.header.epoch = {2};
  out.header.number = in.challenge.number;
  out.header.decided = {1'000'000};
  out.header.evidence = std::make_shared<const appraisal::kept_evidence>(kept_from(m, in, e));
  out.header.vouched_by = endorsement::vendor;
  out.policy = muster::to_bytes(appraisal::to_record(*m.rules).content());
  out.header.policy = crypto::sha256(out.policy);
  if (m.reference) {
    out.reference = muster::to_bytes(appraisal::to_record(m.reference->content()).content());
    out.header.references = {crypto::sha256(out.reference)};
  }
  out.boot_log = e.boot_log;
  out.ima_log = e.ima_log;
  return out;
}

inline std::vector<frame> parts_before_result(const bundled& in) {
  std::vector<frame> out{appraisal::header_part(in.header), appraisal::policy_part(in.policy)};
  if (!in.reference.empty()) out.push_back(appraisal::reference_part(0, in.reference));
  if (!in.boot_log.empty()) out.push_back(appraisal::boot_log_part(in.boot_log));
  for (byte_view rest{in.ima_log}; !rest.empty();) {
    const auto piece = rest.first(std::min<std::size_t>(rest.size(), 5000));
    out.push_back(appraisal::ima_log_part(piece));
    rest = rest.subspan(piece.size());
  }
  return out;
}

/// All parts; `alter` changes the result before it is written.
inline result<std::vector<frame>>
parts_of(const bundled& in, const std::function<void(appraisal::result_content&)>& alter = {}) {
  appraisal::bundle_verification writer;
  auto out = parts_before_result(in);
  for (const auto& part : out)
    if (auto taken = writer.take(part); !taken) return taken.fault();
  auto concluded = writer.conclude();
  if (!concluded) return concluded.fault();
  if (alter) alter(*concluded);
  out.push_back(appraisal::result_part(appraisal::to_record(*concluded).content()));
  if (auto taken = writer.take(out.back()); !taken) return taken.fault();
  out.push_back(appraisal::end_part(writer.chain()));
  return out;
}

inline result<appraisal::verified_bundle> verify(const std::vector<frame>& parts) {
  appraisal::bundle_verification reader;
  for (const auto& part : parts)
    if (auto taken = reader.take(part); !taken) return taken.fault();
  return std::move(reader).finish();
}

/// As a file.
inline bytes file_of(const std::vector<frame>& parts) {
  bytes out;
  for (const auto& part : parts) {
    append(out, appraisal::frame_head(part.view()));
    append(out, part.view());
  }
  return out;
}

inline result<appraisal::verified_bundle> verify_file(byte_view file, std::size_t step = 4096) {
  appraisal::bundle_frames frames;
  appraisal::bundle_verification reader;
  while (!file.empty()) {
    const auto now = file.first(std::min(step, file.size()));
    file = file.subspan(now.size());
    frames.feed(now);
    for (;;) {
      auto part = frames.next();
      if (!part) return part.fault();
      if (!*part) break;
      if (auto taken = reader.take(**part); !taken) return taken.fault();
    }
  }
  if (auto ended = frames.end(); !ended) return ended.fault();
  return std::move(reader).finish();
}

} // namespace muster::testing
