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

/// One attestation runs at a time, from its challenge to its decision. Those that were given up on the way
/// are kept until the Verifier has said whether what they told is bad news (docs/checks.md P7). A value: what
/// must be asked is put into the effects.
class evidence_intake {
public:
  /// The challenge goes out now. `request`: what TrustMgr will be asked, but for outcome and evidence.
  void begin(const challenge& asked, decision_request request,
             std::shared_ptr<appraisal::running_attestation> from);

  /// Also while it is decided.
  bool runs() const noexcept { return running_.has_value(); }
  bool runs(attestation_number number) const noexcept {
    return running_ && running_->request.number == number;
  }
  /// Whether one runs whose evidence is not complete, or not judged yet.
  bool awaits() const noexcept { return running_ && !running_->deciding; }
  /// Of the one that runs.
  const challenge& asked() const noexcept { return running_->asked; }
  bool asked_for_whole() const noexcept { return running_->request.whole; }

  /// Whether it is the next part of the attestation that runs. One with a wrong place in it does belong.
  bool belongs(wire::AgentFrame::Reader in) const;
  /// A part that belongs; `channel` and `ak_public` go into what is kept of part 0. fault malformed: not the
  /// next one.
  status take(const frame& received, wire::AgentFrame::Reader in, const evidence_channel& channel,
              byte_view ak_public);
  /// Parts that wait go to the Verifier, unless it has the attestation already.
  void next_step(agent_effects& out);
  /// What the Verifier said, also of what was given up.
  void on_step(attestation_number number, result<evidence_step> answer, agent_effects& out);
  /// TrustMgr has answered.
  void decided() noexcept { running_.reset(); }
  /// It will not come to its end. What the machine told until now may be bad news. What is with TrustMgr
  /// already needs no more.
  void give_up(agent_effects& out);

  /// There is no room for more of its evidence: the deadline waits, too.
  void wait(boot_time now);
  void go_on(boot_time now);
  /// How long the evidence may take, in ms from the challenge, if that time is over: `deadline`, what it
  /// waited for room, and what its bytes of log bought at `least_rate` a second.
  std::optional<std::uint64_t> overdue(boot_time now, std::chrono::milliseconds deadline,
                                       std::uint64_t least_rate) const;

  /// Whether nothing that was given up is at the Verifier any more.
  bool quiet() const noexcept { return given_up_.empty(); }
  /// Bytes of memory of parts that wait to be judged.
  std::size_t backlog() const noexcept { return running_ ? running_->backlog : 0; }
  /// Bytes of memory of all attestations, whoever has them now.
  std::size_t held() const noexcept;

private:
  struct running {
    challenge asked;
    decision_request request;
    std::shared_ptr<appraisal::running_attestation> attestation; ///< null while the Verifier has it
    std::deque<frame> waiting{};                                 ///< parts behind the one at the Verifier
    std::size_t backlog = 0;                                     ///< what `waiting` costs
    std::size_t held = 0;                                        ///< what all parts cost, judged or not
    std::uint64_t received = 0;                                  ///< bytes of log
    std::uint64_t waited = 0;                                    ///< ms without room for more
    std::optional<boot_time> waits_since{};                      ///< there is none now
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
