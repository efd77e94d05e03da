// Sample messages with every kind of content, for tests that break them.
#pragma once

#include "messages/build.hpp"
#include "schemas/records.capnp.h"
#include "schemas/rest.capnp.h"
#include "schemas/wire.capnp.h"

#include <string>

namespace muster::samples {

inline bytes filled(std::size_t size, std::uint8_t with) { return bytes(size, with); }

/// Part 0 of an attestation inside the union of agent frames, about 1.4 KB.
inline bytes agent_evidence() {
  return build<wire::AgentFrame>([](wire::AgentFrame::Builder frame) {
    auto evidence = frame.initEvidence();
    evidence.setNumber(41);
    evidence.setManifest(data_of(filled(400, 1)));
    evidence.setAttest(data_of(filled(145, 2)));
    evidence.setSignature(data_of(filled(72, 3)));
    auto pcrs = evidence.initPcrs(12);
    for (unsigned i = 0; i < pcrs.size(); ++i) {
      pcrs[i].setAlgorithm(11);
      pcrs[i].setIndex(static_cast<std::uint8_t>(i));
      pcrs[i].setValue(data_of(filled(32, static_cast<std::uint8_t>(i))));
    }
    evidence.setLast(true);
  });
}

/// Lists of text and of numbers, and a struct inside a struct.
inline bytes machine_facts() {
  return build<wire::MachineFacts>([](wire::MachineFacts::Builder facts) {
    facts.setHostname("rack-7");
    facts.setOperatingSystem("Debian GNU/Linux 12 (bookworm)");
    auto boot = facts.initMeasuredBoot();
    boot.initBanks(2).set(0, 11);
    auto advice = boot.initAdvice(2);
    advice.set(0, "switch on the event log");
    advice.set(1, "switch on Secure Boot – then reboot");
  });
}

/// A union whose members are Void, Void, and a struct, in a list.
inline bytes service_reply() {
  return build<wire::ServiceFrame>([](wire::ServiceFrame::Builder frame) {
    auto reply = frame.initBeatReply();
    reply.setSequence(7);
    reply.initChallenge().setNonce(data_of(filled(32, 9)));
    reply.getChallenge().initSelection(2)[0].setMask(0xff);
    auto commands = reply.initCommands(2);
    commands[0].setAttest();
    commands[1].setReconfigure();
    reply.initTuning().setLogLevel("debug");
  });
}

inline void fill_state(records::State::Builder state, std::uint64_t result) {
  state.setVersion(1);
  state.setVerdict(3);
  state.setResultSequence(result);
  state.setBootId(data_of(filled(16, 5)));
  auto pcrs = state.initPcrs(10);
  for (auto pcr : pcrs)
    pcr.setValue(data_of(filled(32, 6)));
  auto findings = state.initFindings(2);
  for (auto finding : findings) {
    finding.setCheck("ima.unknown-file");
    finding.setSubject("/usr/bin/implant");
    finding.setSentence("This file is not in the reference set.");
  }
  state.setOwesWholeLogs(true);
}

inline record<records::State> state_record(std::uint64_t result) {
  return make_record<records::State>([&](records::State::Builder state) { fill_state(state, result); });
}

} // namespace muster::samples
