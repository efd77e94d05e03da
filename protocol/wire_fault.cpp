#include "protocol/wire_fault.hpp"

#include "messages/build.hpp"

namespace muster::service {

namespace {

wire::Fault::Code code_of(errc code) {
  switch (code) {
  case errc::malformed: return wire::Fault::Code::MALFORMED;
  case errc::unsupported: return wire::Fault::Code::VERSION;
  case errc::limit: return wire::Fault::Code::LIMIT;
  case errc::mismatch:
  case errc::untrusted:
  case errc::expired:
  case errc::denied: return wire::Fault::Code::DENIED;
  case errc::not_found: return wire::Fault::Code::UNKNOWN;
  case errc::conflict: return wire::Fault::Code::SUPERSEDED;
  case errc::busy: return wire::Fault::Code::BUSY;
  case errc::timeout: return wire::Fault::Code::TIMEOUT;
  case errc::io:
  case errc::internal: return wire::Fault::Code::INTERNAL;
  }
  return wire::Fault::Code::INTERNAL;
}

} // namespace

void put_fault(wire::Fault::Builder out, const fault& why, std::uint32_t retry_after_ms) {
  const bool ours = why.code == errc::internal || why.code == errc::io;
  out.setCode(code_of(why.code));
  out.setText(ours ? std::string{"the service could not do this; its log says why"} : why.check);
  out.setRetryAfterMs(retry_after_ms);
}

} // namespace muster::service
