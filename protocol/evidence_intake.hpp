// The evidence of one session: parts as they come in, on their way to the Verifier and to TrustMgr.
#pragma once

#include "messages/frame.hpp"
#include "protocol/agent_effects.hpp"
#include "protocol/challenge.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace muster::service {

/// One attestation runs at a time, from its challenge to its decision. An attestation that was given up is
/// kept until the Verifier has said whether what the machine sent is bad news (docs/checks.md P7). A value:
/// questions for other actors go into the effects.
class evidence_intake {
public:
  /// Starts an attestation, whose challenge goes out now. `request`: what TrustMgr will be asked, still
  /// without outcome and evidence.
  void begin(const challenge& asked, decision_request request,
             std::shared_ptr<appraisal::running_attestation> from);

  /// Also true while TrustMgr decides.
  bool runs() const noexcept { return running_.has_value(); }
  bool runs(attestation_number number) const noexcept {
    return running_ && running_->request.number == number;
  }
  /// Whether an attestation runs whose evidence is incomplete or not judged yet.
  bool awaits() const noexcept { return running_ && !running_->deciding; }
  /// Of the attestation that runs: only while `runs()`.
  const challenge& asked() const noexcept { return running_->asked; }
  bool asked_for_whole() const noexcept { return running_->request.whole; }

  /// Whether this part belongs to the attestation that runs: its evidence first, then log parts up to the
  /// last one. A log part with a wrong part number belongs, too.
  bool belongs(wire::AgentFrame::Reader in) const;
  /// Takes a part that belongs. `channel` and `ak_public` become part of the evidence that is kept. fault
  /// malformed: not the next log part, or of an unknown log.
  status take(const frame& received, wire::AgentFrame::Reader in, const evidence_channel& channel,
              byte_view ak_public);
  /// Sends waiting parts to the Verifier, unless it still has the attestation.
  void next_step(agent_effects& out);
  /// Takes the Verifier's answer, also on an attestation that was given up.
  void on_step(attestation_number number, result<evidence_step> answer, agent_effects& out);
  /// TrustMgr has answered: no attestation runs any more.
  void decided() noexcept { running_.reset(); }
  /// The attestation will not be completed. What the machine has sent so far may be bad news, so it goes to
  /// the Verifier once more. Nothing is left to do for an attestation that TrustMgr already has.
  void give_up(agent_effects& out);

  /// There is no room for more of its evidence: the deadline is suspended until `resume`.
  void wait(boot_time now);
  void resume(boot_time now);
  /// Whether the evidence is overdue: if so, how long it was allowed to take, in ms from the challenge. That
  /// is `deadline`, plus the time for which it waited for room, plus the time that its log bytes earned at
  /// `least_rate` bytes a second. Never overdue while it waits for room.
  std::optional<std::uint64_t> overdue(boot_time now, std::chrono::milliseconds deadline,
                                       std::uint64_t least_rate) const;

  /// Whether the Verifier has answered for every attestation that was given up.
  bool quiet() const noexcept { return given_up_.empty(); }
  /// Memory, in bytes, of the parts that wait to be judged.
  std::size_t backlog() const noexcept { return running_ ? running_->backlog : 0; }
  /// Memory, in bytes, of all attestations, including those at the Verifier.
  std::size_t held() const noexcept;

private:
  struct running {
    challenge asked;
    decision_request request;
    std::shared_ptr<appraisal::running_attestation> attestation; ///< null while the Verifier has it
    std::deque<frame> waiting{};                                 ///< parts after those at the Verifier
    std::size_t backlog = 0;                                     ///< what `waiting` costs
    std::size_t held = 0;                                        ///< what all parts cost, judged or not
    std::uint64_t received = 0;                                  ///< bytes of log
    std::uint64_t waited = 0;                                    ///< ms spent waiting for room
    std::optional<boot_time> waits_since{};                      ///< set while it waits for room
    std::uint32_t next_part = 0;
    bool last_seen = false;
    bool deciding = false;
  };
  struct given_up {
    decision_request request;
    std::deque<frame> waiting; ///< its last parts, while the Verifier has the attestation
    std::size_t held = 0;
  };

  void on_given_up(std::vector<given_up>::iterator one, result<evidence_step> answer, agent_effects& out);

  std::optional<running> running_;
  std::vector<given_up> given_up_;
};

} // namespace muster::service
