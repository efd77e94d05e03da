#include "bench/words.hpp"

#include "messages/build.hpp"
#include "schemas/manifest.capnp.h"
#include "tpm/evidence/enrolment.hpp"

namespace muster::bench {

namespace {

constexpr std::uint32_t max_stranger_frame = 64 * 1024;
constexpr std::uint32_t max_agent_frame = 1024 * 1024;
constexpr const char* software_name = "muster-bench";

void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, byte_view boot) {
  out.setMajor(wire::MAJOR);
  out.setMinor(wire::MINOR);
  out.setMaxFrame(max_frame);
  out.setBootId(data_of(boot));
  out.setSoftware(software_name);
}

template <class Root, class Fill> bytes say(Fill&& fill) {
  return build<Root>([&](typename Root::Builder out) { fill(out); });
}

bytes manifest(const soft_machine& machine, const order& asked, const measured_software& software) {
  return build<wire::Manifest>([&](wire::Manifest::Builder out) {
    out.setNumber(asked.number);
    out.setNonce(data_of(asked.nonce));
    auto banks = out.initSelection(static_cast<unsigned>(asked.selection.size()));
    unsigned i = 0;
    for (const auto& bank : asked.selection) {
      banks[i].setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
      banks[i++].setMask(bank.mask);
    }
    out.setBootId(data_of(machine.boot().raw));
    out.setBootLogDigest(data_of(crypto::sha256(software.boot_log)));
    out.setBootLogSize(software.boot_log.size());
    out.setImaFirst(asked.ima_first);
    out.setAgent(software_name);
  });
}

void put_values(wire::Evidence::Builder out, const tpm::pcr_values& values) {
  std::vector<std::pair<hash_algorithm, unsigned>> there;
  for (const auto& bank : values.present())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0) there.emplace_back(bank.algorithm, i);
  auto list = out.initPcrs(static_cast<unsigned>(there.size()));
  for (unsigned i = 0; i < there.size(); ++i) {
    const auto [bank, pcr] = there[i];
    list[i].setAlgorithm(static_cast<std::uint16_t>(bank));
    list[i].setIndex(static_cast<std::uint8_t>(pcr));
    list[i].setValue(data_of(values.get(bank, pcr)));
  }
}

/// Bytes of log in one frame, as the agent sends them.
constexpr std::size_t part_size = 256 * 1024;

bytes log_part(const order& asked, std::size_t part, wire::LogPart::Log log, byte_view body, bool last) {
  return say<wire::AgentFrame>([&](auto frame) {
    auto out = frame.initLogPart();
    out.setNumber(asked.number);
    out.setPart(static_cast<std::uint32_t>(part));
    out.setLog(log);
    out.setBody(data_of(body));
    out.setLast(last);
  });
}

} // namespace

bytes stranger_hello() {
  return say<wire::StrangerFrame>([](auto out) { put_hello(out.initHello(), max_stranger_frame, {}); });
}

bytes machine_facts() {
  return build<wire::MachineFacts>([](wire::MachineFacts::Builder out) {
    out.setHostname("bench");
    out.setOperatingSystem("Debian GNU/Linux 12 (bookworm)");
    out.setArchitecture("x86_64");
    out.setNodeKeyHome("file");
  });
}

bytes enrol_request(const soft_machine& machine, byte_view intermediate, byte_view facts) {
  return say<wire::StrangerFrame>([&](auto frame) {
    auto out = frame.initRequest();
    auto chain = out.initEkCertificates(2);
    chain.set(0, data_of(machine.ek_certificate()));
    chain.set(1, data_of(intermediate));
    out.setEkPublic(data_of(machine.ek().raw()));
    out.setAkPublic(data_of(machine.ak().area().raw()));
    out.setFacts(data_of(facts));
  });
}

result<bytes> enrol_proof(soft_machine& machine, wire::EnrolChallenge::Reader asked, const channel& with,
                          byte_view facts) {
  const auto nonce = bytes_of(asked.getNonce());
  if (nonce.size() != bytes32{}.size())
    return fault{errc::malformed, "enrolment: the nonce has not 32 bytes"};
  tpm::enrolment_session session{
      with.node_spki, crypto::sha256(with.service_spki), with.exporter, crypto::sha256(facts), {}};
  std::ranges::copy(nonce, session.nonce.begin());
  const auto secret = machine.activate(
      {to_bytes(bytes_of(asked.getCredentialBlob())), to_bytes(bytes_of(asked.getEncryptedSecret()))});
  if (!secret) return secret.fault();
  const auto transcript = tpm::enrolment_transcript(machine.id(), machine.ak().name(), session);
  tpm::pcr_values unjudged;
  if (auto set = unjudged.set(hash_algorithm::sha256, 0, bytes32{}); !set) return set.fault();
  const auto quote = machine.sign_quote(transcript, tpm::enrolment_selection(), unjudged);
  if (!quote) return quote.fault();
  return say<wire::StrangerFrame>([&](auto frame) {
    auto out = frame.initProof();
    out.setHmac(data_of(tpm::enrolment_proof(*secret, transcript).view()));
    out.setAttest(data_of(quote->attest));
    out.setSignature(data_of(quote->signature));
  });
}

bytes agent_hello(const soft_machine& machine, byte_view log_heads) {
  return say<wire::AgentFrame>([&](auto frame) {
    auto out = frame.initHello();
    put_hello(out, max_agent_frame, machine.boot().raw);
    out.setLogHead(data_of(log_heads));
  });
}

bytes beat(std::uint64_t sequence) {
  return say<wire::AgentFrame>([&](auto out) { out.initBeat().setSequence(sequence); });
}

result<order> read_challenge(wire::Challenge::Reader in) {
  order out;
  const auto nonce = bytes_of(in.getNonce());
  if (nonce.size() != out.nonce.size())
    return fault{errc::malformed, "challenge: the nonce has not 32 bytes"};
  std::ranges::copy(nonce, out.nonce.begin());
  out.number = in.getNumber();
  for (const auto bank : in.getSelection()) {
    const auto algorithm = hash_algorithm_from(bank.getAlgorithm());
    if (!algorithm) return fault{errc::unsupported, "challenge: unknown PCR bank"};
    if (auto added = out.selection.add(*algorithm, bank.getMask()); !added) return added.fault();
  }
  out.want_boot_log = in.getWantBootLog();
  out.ima_first = in.getImaFirst();
  return out;
}

std::vector<bytes> frames_of(const order& asked, const evidence_body& body) {
  std::vector<bytes> out;
  out.push_back(say<wire::AgentFrame>([&](auto frame) {
    auto first = frame.initEvidence();
    first.setNumber(asked.number);
    first.setManifest(data_of(body.manifest));
    first.setAttest(data_of(body.quote.attest));
    first.setSignature(data_of(body.quote.signature));
    put_values(first, body.hints);
  }));
  const auto put_parts = [&](wire::LogPart::Log log, byte_view rest, bool last) {
    do {
      const auto part = rest.first(std::min(rest.size(), part_size));
      rest = rest.subspan(part.size());
      out.push_back(log_part(asked, out.size(), log, part, last && rest.empty()));
    } while (!rest.empty());
  };
  if (!body.boot_log.empty()) put_parts(wire::LogPart::Log::BOOT, body.boot_log, false);
  put_parts(wire::LogPart::Log::IMA, body.ima_log, true);
  return out;
}

result<std::vector<bytes>> evidence(soft_machine& machine, const order& asked, const channel& with,
                                    const measured_software& software) {
  if (!(asked.selection == routine_selection()))
    return fault{errc::unsupported, "challenge: not the routine selection: " + to_string(asked.selection)};
  const auto body = manifest(machine, asked, software);
  const tpm::quote_context context{asked.nonce, machine.id(), with.exporter, crypto::sha256(with.node_spki),
                                   crypto::sha256(body)};
  auto quote = machine.sign_quote(tpm::quote_binding(context).view(), asked.selection, software.pcrs);
  if (!quote) return quote.fault();
  return frames_of(asked, {body, *std::move(quote), software.pcrs,
                           asked.want_boot_log ? byte_view{software.boot_log} : byte_view{},
                           asked.ima_first == 0 ? byte_view{software.ima_log} : byte_view{}});
}

} // namespace muster::bench
