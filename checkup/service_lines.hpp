// Whether the service can be reached by agents, and is the right one. Pure.
#pragma once

#include "checkup/line.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>
#include <vector>

namespace muster::checkup {

/// What a server showed that the anchors vouch for.
struct service_seen {
  std::string names;       ///< the DNS names of its certificate, printable
  wall_time not_after;     ///< end of its certificate
  wall_time chain_ends;    ///< the earliest end on its path: of an issuer or the root; 0: not known
  std::string software;    ///< what it says of itself, printable; may be empty
  wall_time clock;         ///< its clock when it answered; 0: it does not say
  std::uint64_t trust = 0; ///< number of its newest trust list
};

/// How far a connection came. Each step has its own remedies.
enum class reach : std::uint8_t { proxy, connect, handshake, hello, whole };

struct service_facts {
  std::string address; ///< as the configuration writes it
  std::string name;    ///< that its certificate must have
  std::string anchor;  ///< the file of the anchors, for remedies
  bool judged = true;  ///< false: there was no anchor to judge the certificate by
  reach step = reach::connect;
  /// The service, or why it could not be reached at `step`.
  result<service_seen> seen = fault{};
  wall_time now;
};

/// The line of one address. `where`: the side that looks, for the remedy.
enum class side : std::uint8_t { agent, service };
line judge_service(const service_facts& from, side where);

/// The anchor file of an agent, or of the service.
struct anchor_facts {
  std::string path;                    ///< printable
  std::string problem;                 ///< why it cannot be used; empty: it can
  errc why = errc::internal;           ///< of `problem`
  std::vector<std::string> keys;       ///< SHA-256 of each certificate, the first 16 hex digits
  wall_time ends;                      ///< the latest end of the certificates
  std::uint64_t trust = 0;             ///< number of the trust list that replaced them; 0: none
  std::optional<wall_time> trust_ends; ///< of that list
  wall_time now;
};
line judge_anchor(const anchor_facts& seen, side where);

} // namespace muster::checkup
