// Frames from the service, for tests of the node.
#pragma once

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "schemas/wire.capnp.h"

#include <doctest/doctest.h>

namespace muster::test {

template <class Fill> frame to_stranger(Fill&& fill) {
  return frame::adopt(build<wire::EnrolmentFrame>([&](wire::EnrolmentFrame::Builder out) { fill(out); }));
}

template <class Fill> frame to_agent(Fill&& fill) {
  return frame::adopt(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder out) { fill(out); }));
}

inline void fill_hello(wire::Hello::Builder out, std::uint16_t major = wire::MAJOR) {
  out.setMajor(major);
  out.setSoftware("test");
}

inline frame stranger_hello() {
  return to_stranger([](auto out) { fill_hello(out.initHello()); });
}
inline frame agent_hello() {
  return to_agent([](auto out) { fill_hello(out.initHello()); });
}

inline void fill_fault(wire::Fault::Builder out, wire::Fault::Code code, std::uint32_t retry_after = 0) {
  out.setCode(code);
  out.setText("because");
  out.setRetryAfterMs(retry_after);
}

/// Reads a frame of the agent; the test fails if it does not parse.
template <class T = wire::AgentFrame, class Body> decltype(auto) read_sent(const bytes& sent, Body&& body) {
  const auto parsed = parse_view<T>(frame::copy_of(sent));
  REQUIRE_MESSAGE(parsed.ok(), (parsed.ok() ? "" : parsed.fault().check));
  return parsed->read(std::forward<Body>(body));
}

inline wire::AgentFrame::Which which(const bytes& sent) {
  return read_sent(sent, [](wire::AgentFrame::Reader in) { return in.which(); });
}

} // namespace muster::test
