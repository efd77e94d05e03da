#include "checkup/service_lines.hpp"

#include "messages/time_text.hpp"

namespace muster::checkup {

namespace {

constexpr std::uint64_t day_ms = 24ULL * 3600 * 1000;
/// The service renews its certificate with 30 days left, if its issuer lasts that long.
constexpr std::uint64_t soon_ms = 30 * day_ms;

std::string at(wall_time when) { return rfc3339(when).substr(0, 10); }

std::string connect_remedy(errc code, side where) {
  if (where == side::service)
    return "start the service (systemctl status muster-ras says why it is down); its address is "
           "listen.agents in service.yaml";
  switch (code) {
  case errc::not_found:
    return "correct service.addresses, or the name server of this machine; a Unix socket is there "
           "while the service runs, if its folder is mounted here";
  case errc::denied: return "let the agent's user enter the folders above the socket (chmod o+x)";
  case errc::unsupported:
    return "load the module (modprobe vsock), or write another address into service.addresses";
  case errc::timeout: return "let a firewall on the way pass TCP to this port; correct service.addresses";
  default:
    return "nothing listens there, or a firewall refuses: muster doctor on the service's machine says "
           "whether it listens (listen.agents is 127.0.0.1 until it is changed)";
  }
}

std::string proxy_remedy(errc code) {
  switch (code) {
  case errc::not_found: return "correct service.via, or the name server of this machine";
  case errc::timeout:
  case errc::io: return "correct service.via, and see that the proxy runs and lets this machine connect";
  default: return "the proxy is service.via of node.yaml; its log says more";
  }
}

std::string handshake_remedy(const service_facts& from, side where) {
  switch (from.seen.fault().code) {
  case errc::untrusted:
    return where == side::agent
               ? "copy anchor.pem of the service's state folder to " + from.anchor
                     + " again, over a way that you trust; if it is the right one, another server answers "
                       "here"
               : "another program listens on this port, or " + from.anchor + " is of another service";
  case errc::expired:
    return "compare the clocks of both machines; if they are right, restart the service, which renews its "
           "certificate";
  case errc::denied:
    return where == side::agent
               ? "write the `name` of service.yaml into service.name of node.yaml, which is \"" + from.name
                     + "\" now"
               : "restart the service after a change of `name`";
  case errc::timeout: return "something listens, and does not answer: look at the service's load and log";
  default: return "another program listens on this port, or something on the way changes what is sent";
  }
}

} // namespace

line judge_service(const service_facts& from, side where) {
  constexpr const char* subject = "service";
  if (!from.seen) {
    const auto& why = from.seen.fault();
    const auto says = from.address + ": " + why.check;
    switch (from.step) {
    // The fault names the proxy, and what to do about its answer.
    case reach::proxy: return bad(subject, says, proxy_remedy(why.code));
    case reach::connect: return bad(subject, says, connect_remedy(why.code, where));
    case reach::handshake: return bad(subject, says, handshake_remedy(from, where));
    default:
      return bad(subject, says,
                 "compare the releases of both sides (--version), and look at the service's log");
    }
  }
  const auto& seen = *from.seen;
  if (!from.judged)
    return unseen(subject,
                  from.address + " answers" + (seen.software.empty() ? "" : " (" + seen.software + ')')
                      + "; its certificate cannot be judged without " + from.anchor,
                  where == side::agent ? "see the line about the anchor"
                                       : "run this as root, or as the user that ras runs as");
  const auto says = from.address + " is " + seen.names
                    + (seen.software.empty() ? "" : " (" + seen.software + ')') + ", certificate until "
                    + at(seen.not_after);
  const auto now = from.now.milliseconds;
  if (now > 0 && seen.not_after.milliseconds < now + soon_ms)
    return note(subject, says + ": it ends soon",
                "the service renews it by itself unless its issuer ends, too: see its log, and replace the "
                "issuer in time (docs/operating.md 5)");
  if (seen.chain_ends.milliseconds != 0 && seen.chain_ends.milliseconds < now + soon_ms)
    return note(subject, says + ", and its issuer or root ends at " + at(seen.chain_ends),
                "replace the issuer or the root in time (docs/operating.md 5)");
  return good(subject, says);
}

line judge_anchor(const anchor_facts& seen, side where) {
  constexpr const char* subject = "anchor";
  if (!seen.problem.empty()) {
    const auto says = seen.path + ": " + seen.problem;
    if (where == side::service)
      return seen.why == errc::denied
                 ? unseen(subject, says, "run this as root, or as the user that ras runs as")
                 : bad(subject, says, "start the service once, which writes it");
    if (seen.why == errc::denied)
      return bad(subject, says, "let the agent's user read it: chmod 644 " + seen.path);
    return bad(subject, says,
               "copy anchor.pem of the service's state folder (/var/lib/muster/ras) to " + seen.path);
  }
  std::string keys;
  for (const auto& one : seen.keys)
    keys += (keys.empty() ? "" : ", ") + one;
  auto says = seen.path + ": " + (seen.keys.size() == 1 ? "certificate " : "certificates ") + keys;
  if (seen.trust != 0) says += "; trust list " + std::to_string(seen.trust) + " has replaced it";
  if (seen.trust == 0 && seen.ends < seen.now)
    return bad(subject, says + ", which ended at " + at(seen.ends),
               "replace the root (docs/operating.md 5), and copy its anchor.pem to each machine; or correct "
               "the clock");
  if (seen.trust_ends && *seen.trust_ends < seen.now)
    return note(subject, says + ", and ended at " + at(*seen.trust_ends),
                "it still counts; have the root sign a new list (docs/operating.md 5)");
  return good(subject, says);
}

} // namespace muster::checkup
