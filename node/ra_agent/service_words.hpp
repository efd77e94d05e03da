// The common start and end of both channels: the hello in each direction, and the service's faults. Pure.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "schemas/wire.capnp.h"

#include <chrono>
#include <string>
#include <vector>

namespace muster::node {

/// The most issuers that a service may send with a node certificate.
inline constexpr unsigned max_chain = 8;

/// Why the service ended the session.
struct refusal {
  wire::Fault::Code code = wire::Fault::Code::INTERNAL;
  std::string text;                         ///< printable
  std::chrono::milliseconds retry_after{0}; ///< 0: our own back-off
};

refusal read_refusal(wire::Fault::Reader in);
/// Our reason to end a session with a service that does not keep to the protocol.
refusal refuse(const fault& why);
/// For the log: "denied", "superseded".
std::string_view word_of(wire::Fault::Code code) noexcept;

/// The most trust lists that a service may send in one frame. It sends what fits into 48 KiB, and the rest
/// once it knows that we have these.
inline constexpr unsigned max_trust_lists = 512;

/// The lists as they came; not verified (`take_trust_lists`). fault limit.
result<std::vector<bytes>> read_trust(capnp::List<capnp::Data>::Reader in);

/// Our hello. `boot` and `log_head` are empty on the enrolment channel.
void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, byte_view boot, byte_view log_head);
/// A stranger's hello, with the number of its trust list.
void put_stranger_hello(wire::Hello::Builder out, std::uint64_t trust);
/// fault unsupported: another major version.
status check_hello(wire::Hello::Reader in);

} // namespace muster::node
