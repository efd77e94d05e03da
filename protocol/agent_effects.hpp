// What a Session must do for the channel of an admitted machine.
#pragma once

#include "protocol/evidence_step.hpp"
#include "standing/attestation.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace muster::service {

struct agent_effects {
  struct ask_attach {
    boot_id boot;
    bytes log_heads; ///< that the machine kept; to be judged before it is attached
  };
  struct ask_step {
    attestation_number number;
    evidence_parts evidence;
  };
  struct ask_decide {
    decision_request request;
  };
  struct ask_renew {};
  using ask = std::variant<ask_attach, ask_step, ask_decide, ask_renew>;

  std::vector<bytes> send;
  std::vector<ask> asks;               ///< behind an end only for bad news
  std::vector<command_result> reports; ///< the machine's word on commands
  std::optional<std::uint64_t> trust;  ///< number of the trust list that the machine has, if that is news
  std::optional<std::string> unable;   ///< why there is no complete evidence; safe to print
  bool close = false;                  ///< after what is to be sent
  bool two_hosts = false;              ///< this session was superseded, and its peer is still there
  std::string note;                    ///< worth a line in the log; safe to print
};

/// What `more` asks for, behind what `out` does. Of the notes the newest is kept: it says why a session ends.
void join(agent_effects& out, agent_effects more);

} // namespace muster::service
