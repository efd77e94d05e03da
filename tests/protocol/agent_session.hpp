// Frames of an agent, and a session for them.
#pragma once

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "protocol/agent_protocol.hpp"
#include "schemas/wire.capnp.h"
#include "tpm/format/public_area.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <optional>

namespace muster::service {

/// The AK of a real machine, because the protocol refuses to challenge with an invalid key.
inline bytes real_ak() {
  std::ifstream in{MUSTER_SOURCE_DIR "/tests/data/vm/grub-sb/ak.pub", std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto area = tpm::parse_sized_public_area(as_bytes(text));
  REQUIRE(area.ok());
  return area->raw();
}

template <class Fill> frame agent(Fill&& fill) {
  return frame::adopt(build<wire::AgentFrame>([&](wire::AgentFrame::Builder out) { fill(out); }));
}

inline frame hello() {
  return agent([](auto out) {
    auto in = out.initHello();
    in.setMajor(wire::MAJOR);
    in.setBootId(data_of(bytes(16, 7)));
  });
}
inline frame beat(std::uint64_t sequence) {
  return agent([&](auto out) { out.initBeat().setSequence(sequence); });
}
inline frame evidence(std::uint64_t number, bool last = false) {
  return agent([&](auto out) {
    auto in = out.initEvidence();
    in.setNumber(number);
    in.setLast(last);
  });
}
inline frame log_part(std::uint64_t number, std::uint32_t part, bool last = false) {
  return agent([&](auto out) {
    auto in = out.initLogPart();
    in.setNumber(number);
    in.setPart(part);
    in.setLast(last);
  });
}

inline attachment attached() {
  attachment out;
  out.epoch = {1};
  out.ak_public = real_ak();
  auto state = std::make_shared<node_state>();
  state->number = {41};
  out.recorded = state;
  auto context = std::make_shared<appraisal_context>();
  context->policy = std::make_shared<const appraisal::policy>();
  out.context = context;
  return out;
}

inline agent_protocol ready() {
  agent_protocol_settings settings;
  settings.interval = std::chrono::milliseconds{1000};
  settings.log_deadline = std::chrono::milliseconds{500};
  agent_protocol out{{}, bytes{1}, {}, settings};
  (void)out.on_frame(hello(), {0});
  (void)out.on_attached(attached());
  REQUIRE(out.attached());
  return out;
}

struct reply {
  std::uint64_t sequence = 0;
  std::optional<std::uint64_t> challenge;
  std::size_t commands = 0;
  std::optional<std::uint64_t> first_entry{}; ///< first entry of the IMA log that the challenge wants
};

inline reply beat_reply(const agent_effects& effects) {
  REQUIRE(effects.send.size() == 1);
  const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(effects.send[0]));
  REQUIRE(parsed.ok());
  return parsed->read([](wire::ServiceFrame::Reader in) {
    REQUIRE(in.isBeatReply());
    const auto answer = in.getBeatReply();
    reply out{answer.getSequence(), {}, answer.getCommands().size()};
    if (answer.hasChallenge()) {
      out.challenge = answer.getChallenge().getNumber();
      out.first_entry = answer.getChallenge().getImaFirst();
    }
    return out;
  });
}

} // namespace muster::service
