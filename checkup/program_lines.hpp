// Whether the two programs have what they keep: configuration, identity, records. Pure.
#pragma once

#include "checkup/line.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <optional>

namespace muster::checkup {

/// `problems`: the parser's fault, one problem to a line; empty: none. One line for each problem.
lines judge_configuration(const std::string& file, errc why, std::string_view problems);

/// What the service gave the agent.
struct identity_facts {
  std::string state; ///< the agent's folder, printable
  bool seen = false; ///< the folder could be looked at
  bool unregistered = false;
  std::string problem; ///< why its certificate cannot be used; empty: it can, or there is none
  bool enrolled = false;
  wall_time not_after; ///< of the certificate, if enrolled
  wall_time now;
};
line judge_identity(const identity_facts& seen);

/// The join token that the configuration names.
struct join_token_facts {
  std::string path;               ///< printable
  std::optional<fault> problem{}; ///< why it cannot be used
  bool enrolled = false;          ///< `identity_facts::enrolled`
};
line judge_join_token(const join_token_facts& seen);

/// The newest signed head of the service's log, as the agent keeps it.
struct kept_head_facts {
  bool seen = false; ///< the state could be looked at
  std::optional<std::uint64_t> size;
  wall_time signed_at;
};
line judge_kept_head(const kept_head_facts& seen);

/// The log of records as the service reports it.
struct log_facts {
  result<std::uint64_t> records = fault{};
  std::string signed_at; ///< of the newest head; empty: there is none
  std::uint64_t unentered = 0;
  bool rolled_back = false;
};
line judge_log(const log_facts& seen);

/// Whether the service can store verdicts (/readyz). `said`: its words if it cannot.
line judge_ready(const result<unsigned>& status, std::string_view said);

/// listen.agents. A loopback address reaches no machine of the fleet.
lines judge_listen(std::string_view address, bool loopback);

} // namespace muster::checkup
