#include "node/ra_agent/service_words.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"

namespace muster::node {

refusal read_refusal(wire::Fault::Reader in) {
  return {in.getCode(), printable(text_of(in.getText()), 300),
          std::chrono::milliseconds{in.getRetryAfterMs()}};
}

refusal refuse(const fault& why) {
  using code = wire::Fault::Code;
  const bool version = why.code == errc::unsupported;
  return {version ? code::VERSION : code::MALFORMED, why.check, std::chrono::milliseconds{0}};
}

std::string_view word_of(wire::Fault::Code code) noexcept {
  switch (code) {
  case wire::Fault::Code::INTERNAL: return "internal";
  case wire::Fault::Code::MALFORMED: return "malformed";
  case wire::Fault::Code::VERSION: return "version";
  case wire::Fault::Code::BUSY: return "busy";
  case wire::Fault::Code::DENIED: return "denied";
  case wire::Fault::Code::REVOKED: return "revoked";
  case wire::Fault::Code::SUPERSEDED: return "superseded";
  case wire::Fault::Code::LIMIT: return "limit";
  case wire::Fault::Code::UNKNOWN: return "unknown";
  case wire::Fault::Code::TIMEOUT: return "timeout";
  }
  return "newer";
}

namespace {

constexpr std::uint32_t max_enrolment_frame = 64 * 1024; // of this channel (docs/protocol.md 1)

} // namespace

result<std::vector<bytes>> read_trust(capnp::List<capnp::Data>::Reader in) {
  if (in.size() > max_trust_lists) return fault{errc::limit, "trust: more than 512 lists"};
  std::vector<bytes> out;
  for (const auto one : in)
    out.push_back(to_bytes(bytes_of(one)));
  return out;
}

void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, byte_view boot, byte_view log_head) {
  out.setMajor(wire::MAJOR);
  out.setMinor(wire::MINOR);
  out.setMaxFrame(max_frame);
  out.setBootId(data_of(boot));
  out.setLogHead(data_of(log_head));
  out.setSoftware("muster raagent 0.1");
}

void put_stranger_hello(wire::Hello::Builder out, std::uint64_t trust) {
  put_hello(out, max_enrolment_frame, {}, {});
  out.setTrust(trust);
}

status check_hello(wire::Hello::Reader in) {
  if (in.getMajor() != wire::MAJOR)
    return fault{errc::unsupported, "hello: this agent speaks version " + std::to_string(wire::MAJOR)
                                        + ", the service " + std::to_string(in.getMajor())};
  return {};
}

} // namespace muster::node
