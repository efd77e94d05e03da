// What both channels begin and end with: the hello each way, and the service's faults. Pure.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "schemas/wire.capnp.h"

#include <chrono>
#include <string>

namespace muster::node {

/// Issuers that a service may send with a node certificate.
inline constexpr unsigned max_chain = 8;

/// Why the service ended the session.
struct refusal {
  wire::Fault::Code code = wire::Fault::Code::INTERNAL;
  std::string text;                         ///< printable
  std::chrono::milliseconds retry_after{0}; ///< 0: as it would be anyway
};

refusal read_refusal(wire::Fault::Reader in);
/// Our own reason to end a session with a service that does not speak the protocol.
refusal refuse(const fault& why);
/// For the log: "denied", "superseded".
std::string_view word_of(wire::Fault::Code code) noexcept;

/// Ours. `boot` and `log_head` are empty on the enrolment channel.
void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, byte_view boot, byte_view log_head);
/// fault unsupported: another major version.
status check_hello(wire::Hello::Reader in);

} // namespace muster::node
