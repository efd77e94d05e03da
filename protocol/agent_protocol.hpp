// The channel of an admitted machine (muster/1) as a value: state and event in, effects out. No IO, no actor;
// time is a parameter.
#pragma once

#include "messages/frame.hpp"
#include "protocol/agent_effects.hpp"
#include "protocol/beat_replies.hpp"
#include "protocol/challenge.hpp"
#include "protocol/challenge_schedule.hpp"
#include "protocol/evidence_intake.hpp"
#include "records/enrolment.hpp"

#include <span>

namespace muster::service {

struct agent_protocol_settings {
  std::chrono::milliseconds beat{10'000};              ///< unless an operator set another
  std::chrono::milliseconds longest_beat{60'000};      ///< of any machine: a lease has to span three
  std::chrono::milliseconds reconnect_spread{120'000}; ///< agents reconnect within it
  std::chrono::milliseconds interval{60'000};          ///< between two routine attestations
  /// From the start of one session to the first attestation of the node's next session.
  std::chrono::milliseconds reconnect_pause{15'000};
  std::chrono::milliseconds log_deadline{60'000};          ///< from the challenge to the last part
  std::uint64_t log_least_rate = std::uint64_t{16} * 1024; ///< bytes of log that extend the deadline by 1 s
  std::uint32_t max_frame = 1U << 20U;
  tpm::ima_caps caps;
  appraisal::cpu_budget cpu; ///< for each attestation
};

class agent_protocol {
public:
  agent_protocol(node_id node, bytes node_spki, bytes32 exporter, agent_protocol_settings settings);

  /// Takes frames that arrived together, in their order. As much of the evidence in them as fits into one
  /// step goes to the Verifier at once.
  agent_effects on_frames(std::span<const frame> received, boot_time now);
  agent_effects on_frame(const frame& received, boot_time now) { return on_frames({&received, 1}, now); }
  agent_effects on_attached(result<attachment> answer);
  /// `number`: as in the question. The answer may come after that attestation was given up.
  agent_effects on_step(attestation_number number, result<evidence_step> answer);
  agent_effects on_decided(attestation_number number, result<decision> answer);
  agent_effects on_renewed(const result<issued_certificates>& answer);
  /// The next beat reply carries these commands.
  void on_due(const std::vector<command_record>& commands);
  /// What an operator set for this machine. The next reply carries it.
  void on_tuning(tuning set);
  /// The machine's group, or what it is judged by, has changed. Takes effect with the next challenge.
  void on_context(std::string group, context_ptr context);
  /// The next beat reply carries the head in this state, once. Null, or an empty head: there is none to send.
  void on_log_state(std::shared_ptr<const log_state> now) { replies_.log_state(std::move(now)); }
  /// The next beat reply carries those trust lists that the machine lacks.
  void on_trust(std::shared_ptr<const trust_lists> now) { replies_.lists(std::move(now)); }
  agent_effects on_end(const fault& why);
  /// The peer is gone. What it sent last may still be bad news, so the caller keeps this object until it is
  /// `quiet`.
  agent_effects on_gone();
  /// Whether the Verifier has answered for every attestation that was given up.
  bool quiet() const noexcept { return evidence_.quiet(); }
  /// A newer session took over. This session does no more work; it only watches whether its peer has moved to
  /// the newer one. A beat that was already in flight gets an empty reply. A second beat proves that the peer
  /// is still alive here, so two hosts share the identity. When the caller has listened long enough, it calls
  /// this again: that ends the session.
  agent_effects on_superseded();
  /// Checks two deadlines: of the hello, counted from the first call, and of evidence. Late evidence is
  /// dropped without a verdict, and the next beat is challenged.
  agent_effects on_tick(boot_time now);

  /// From `on_wait` to `on_room` there is no room for more of this session's evidence, and the deadline of
  /// the evidence is suspended.
  void on_wait(boot_time now) { evidence_.wait(now); }
  void on_room(boot_time now) { evidence_.resume(now); }
  /// Gives up the attestation that runs, because other sessions wait for the room that its evidence takes.
  /// There is no verdict, and the next beat is challenged.
  agent_effects on_no_room();

  void change(const agent_protocol_settings& settings) { settings_ = settings; }
  /// How long this machine may stay silent: three beats, as its newest reply set them.
  std::chrono::milliseconds patience() const noexcept { return 3 * replies_.interval_sent(); }
  bool attached() const noexcept { return phase_ == phase::attached; }
  /// The generation of the machine's identity when this session began.
  generation of_generation() const noexcept { return with_.recorded->generation; }
  session_epoch epoch() const noexcept { return with_.epoch; }
  /// Memory, in bytes, of the parts that wait to be judged. While it exceeds a bound that the Session sets,
  /// the agent gets no credit. So what a fast agent can make us hold is at most the sum of that bound, the
  /// credit already granted, and one frame.
  std::size_t backlog() const noexcept { return evidence_.backlog(); }
  /// Memory, in bytes, that the attestations of this session hold, including those at the Verifier.
  std::size_t held() const noexcept { return evidence_.held(); }

private:
  enum class phase { hello, attaching, attached, superseded, over };
  agent_effects end(const fault& why, std::uint32_t retry_after_ms = 0);
  agent_effects take(const frame& received, boot_time now);
  agent_effects take_hello(wire::Hello::Reader in);
  agent_effects take_beat(wire::Beat::Reader in, boot_time now);
  agent_effects take_late(wire::AgentFrame::Reader in);
  agent_effects drop(wire::AgentFrame::Reader in);
  agent_effects take_part(const frame& received, wire::AgentFrame::Reader in);
  agent_effects take_renew(boot_time now);
  agent_effects take_report(wire::Report::Reader in);
  agent_effects take_unable(wire::Unable::Reader in);
  void drop_evidence(agent_effects& out);
  wall_time wall(boot_time now) const;
  status start_challenge(boot_time now);
  result<tpm::trusted_ak> recorded_ak();

  agent_protocol_settings settings_;
  evidence_channel channel_;
  phase phase_ = phase::hello;
  attachment with_;
  std::shared_ptr<const tpm::trusted_ak> kept_ak_; ///< see `recorded_ak`
  evidence_intake evidence_;
  challenge_schedule schedule_;
  beat_replies replies_;
  std::optional<std::uint64_t> trust_reported_; ///< the machine's list number, by its newest beat
  std::optional<boot_time> renewed_;            ///< when it last asked for a certificate
  unsigned renewals_ordered_ = 0;               ///< `renew` commands sent: as many requests need no pause
  std::size_t reports_left_;                    ///< reports that the machine may still send
  bool late_beat_ = false;                      ///< a beat came after the session was superseded
  std::optional<boot_time> began_;              ///< when `on_tick` was first called
  attestation_number last_number_;
  attestation_number before_first_; ///< the newest number when this session attached
  attestation_number late_noted_;   ///< the attestation whose late parts are noted already
  unsigned unasked_ = 0;            ///< parts that no challenge of this session asked for
};

} // namespace muster::service
