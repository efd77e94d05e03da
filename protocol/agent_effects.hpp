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
    bytes log_heads; ///< kept by the machine; judge them before attaching it
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
  std::vector<ask> asks;               ///< after the session's end: only for bad news
  std::vector<command_result> reports; ///< what the machine says of commands
  std::optional<std::uint64_t> trust;  ///< number of the machine's trust list, if new to us
  std::optional<std::string> unable;   ///< why there is no complete evidence; safe to print
  bool close = false;                  ///< once `send` is out
  bool two_hosts = false;              ///< a superseded session whose peer is still there
  std::string note;                    ///< worth a line in the log; safe to print
};

/// Appends the effects of `more` to those of `out`. Only the newest note is kept, because it says why a
/// session ends.
void join(agent_effects& out, agent_effects more);

} // namespace muster::service
