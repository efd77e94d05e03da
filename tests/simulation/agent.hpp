// A machine's agent as the service meets it: connects, enrols, beats, attests, and has an eventful life.
#pragma once

#include "bench/words.hpp"
#include "net/pipe.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/process.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>

namespace muster::simulation {

using go_atom = caf::atom_constant<caf::atom("go")>;       // itself: the next thing that is due
using gone_atom = caf::atom_constant<caf::atom("gone")>;   // the service died
using leave_atom = caf::atom_constant<caf::atom("leave")>; // this host is found, and stopped for good

/// It carries its own pipes: there is no broker.
using agent_actor = net::pipe_carrier_actor::extend<caf::reacts_to<go_atom, std::uint64_t>,
                                                    caf::reacts_to<gone_atom>, caf::reacts_to<leave_atom>>;

/// What happens in the life of machines; 0: never.
struct temper {
  std::size_t implants_one_in = 0; ///< of the beats
  std::size_t reboots_one_in = 0;
  std::size_t drops_one_in = 0;      ///< connections
  std::size_t dawdles_one_in = 0;    ///< frames of evidence that come late
  std::size_t breaks_off_one_in = 0; ///< evidence that is not told to its end
};

/// What all agents share with whoever runs the life. Outlives them.
struct surroundings {
  world& in;
  ledger& book;
  process* service = nullptr; ///< null: it is down
  temper mood{};
  bool calm = false; ///< nothing fails any more
  std::uint64_t pipes = 0;
};

/// What an agent is doing; readable from outside between two steps.
struct agent_view {
  bool connected = false; ///< the service said hello
  std::uint64_t beats_unanswered = 0;
  std::optional<boot_id> greeting; ///< named in a hello that has no answer yet
};

/// Where an agent runs, and whose TPM it asks. Of a machine's own agent both are one; a second host has
/// copied the agent's state, or relays to the TPM with a key of its own.
struct two_homes {
  attester* host = nullptr;    ///< keys, boot id, what is kept
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
  bool left_ = false;     ///< for good
  unsigned refusals_ = 0; ///< of its certificate
  bool late_reply_ = false;
  phase phase_ = phase::away;
  std::uint64_t round_ = 0; ///< what was scheduled before is void
  net::pipe_id pipe_{};
  service::session_actor session_;
  std::uint64_t restores_then_ =
      0;                         ///< of the service's disk, when it began: what it says is of those records
  std::uint64_t session_of_ = 0; ///< `ledger::process` when it began
  std::optional<net::frame_reader> reader_;
  bench::channel binding_;
  bytes facts_;
  std::uint64_t sequence_ = 0;
  std::deque<bytes> evidence_;    ///< frames that are to be sent
  std::uint64_t asked_ms_ = 0;    ///< when it was asked for
  std::uint64_t moves_ = 0;       ///< of the machine until then
  std::uint64_t telling_ = 0;     ///< number of the attestation that they are of
  std::set<std::string> told_of_; ///< implants in it
  std::uint64_t told_in_ = 0;     ///< `boots` of the machine then
};

agent_actor::behavior_type agent(agent_state::self_pointer self, surroundings* around, two_homes of,
                                 agent_view* seen);

} // namespace muster::simulation
