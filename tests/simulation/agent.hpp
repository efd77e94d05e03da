// A machine's agent as the service sees it: connects, enrols, beats, attests, reboots and fails.
#pragma once

#include "bench/words.hpp"
#include "net/pipe.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/process.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>

namespace muster::simulation {

using go_atom = caf::atom_constant<caf::atom("go")>;       // sent to itself: do what is due next
using gone_atom = caf::atom_constant<caf::atom("gone")>;   // the service died
using leave_atom = caf::atom_constant<caf::atom("leave")>; // this host was found, and is stopped for good

/// Carries its own pipes, because there is no broker.
using agent_actor = net::pipe_carrier_actor::extend<caf::reacts_to<go_atom, std::uint64_t>,
                                                    caf::reacts_to<gone_atom>, caf::reacts_to<leave_atom>>;

/// How often things happen to machines; 0: never. The first three count per beat, the last two per frame.
struct failure_rates {
  std::size_t implants_one_in = 0; ///< runs an implant
  std::size_t reboots_one_in = 0;
  std::size_t drops_one_in = 0;      ///< loses its connection
  std::size_t dawdles_one_in = 0;    ///< sends a frame of evidence late
  std::size_t breaks_off_one_in = 0; ///< drops the connection in the middle of evidence
};

/// Shared by all agents and the code that runs the life. Outlives the agents.
struct surroundings {
  world& in;
  ledger& book;
  process* service = nullptr; ///< null: it is down
  failure_rates mood{};
  bool calm = false; ///< failures have ended
  std::uint64_t pipes = 0;
};

/// The state of an agent, readable from outside between two steps.
struct agent_view {
  bool connected = false; ///< the service said hello
  std::uint64_t beats_unanswered = 0;
  std::optional<boot_id> greeting; ///< the boot id in a hello that has no answer yet
};

/// Where an agent runs, and whose TPM it uses. For a machine's own agent the two are the same. A second host
/// has copied the agent's state, or relays to the TPM with its own key.
struct two_homes {
  attester* host = nullptr;    ///< keys, boot id, kept state
  attester* machine = nullptr; ///< TPM and logs
  bool second() const noexcept { return host != machine; }
};

class agent_state {
public:
  using self_pointer = agent_actor::stateful_pointer<agent_state>;
  void begin(self_pointer self, surroundings& around, const two_homes& of, agent_view& seen);
  void received(const net::pipe_send& chunk);
  void closed(net::pipe_id pipe);
  void go(std::uint64_t round);
  void service_gone();
  void leave();

private:
  enum class phase { away, enrolling, greeting, open };

  void connect();
  void lose(net::pipe_end why);
  void come_back_in(std::chrono::milliseconds pause);
  void say(bytes payload);
  void take_enrolment(const frame& received);
  void take(const frame& received);
  void take_fault(wire::Fault::Reader in);
  void take_reply(wire::BeatReply::Reader in);
  void take_head(byte_view head);
  void answer(const bench::order& asked);
  void send_evidence();
  void live();
  void beat();
  node_history& history();

  self_pointer self_ = nullptr;
  surroundings* around_ = nullptr;
  attester* host_ = nullptr;
  attester* machine_ = nullptr;
  agent_view* seen_ = nullptr;
  bool left_ = false;     ///< stopped for good
  unsigned refusals_ = 0; ///< faults received without a certificate
  bool late_reply_ = false;
  phase phase_ = phase::away;
  std::uint64_t round_ = 0; ///< `go` messages of an earlier round are void
  net::pipe_id pipe_{};
  service::session_actor session_;
  std::uint64_t restores_then_ =
      0;                         ///< `ledger::restores` when the session began; it answers for those records
  std::uint64_t session_of_ = 0; ///< `ledger::process` when the session began
  std::optional<net::frame_reader> reader_;
  bench::channel binding_;
  bytes facts_;
  std::uint64_t sequence_ = 0;
  std::deque<bytes> evidence_;    ///< frames still to send
  std::uint64_t asked_ms_ = 0;    ///< when the evidence was requested
  std::uint64_t moves_ = 0;       ///< `node_history::moves` at that time
  std::uint64_t telling_ = 0;     ///< number of the attestation
  std::set<std::string> told_of_; ///< implants in the evidence
  std::uint64_t told_in_ = 0;     ///< `attester::boots` at that time
};

agent_actor::behavior_type agent(agent_state::self_pointer self, surroundings* around, two_homes of,
                                 agent_view* seen);

} // namespace muster::simulation
