// The channel of an admitted machine (muster/1) as a value: state and event to effects. No IO, no actor; time
// is a parameter.
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
  std::chrono::milliseconds beat{10'000};              ///< of a machine for which people set none
  std::chrono::milliseconds longest_beat{60'000};      ///< of any: a lease has three
  std::chrono::milliseconds reconnect_spread{120'000}; ///< agents come back within it
  std::chrono::milliseconds interval{60'000};          ///< between two routine attestations
  /// From one session's beginning to the first attestation of the node's next session.
  std::chrono::milliseconds reconnect_pause{15'000};
  std::chrono::milliseconds log_deadline{60'000};          ///< from the challenge to the last part
  std::uint64_t log_least_rate = std::uint64_t{16} * 1024; ///< bytes a second that buy more time
  std::uint32_t max_frame = 1U << 20U;
  tpm::ima_caps caps;
  appraisal::cpu_budget cpu; ///< of each attestation
};

class agent_protocol {
public:
  agent_protocol(node_id node, bytes node_spki, bytes32 exporter, agent_protocol_settings settings);

  /// What arrived together, in its order: its evidence goes to the Verifier in one step.
  agent_effects on_frames(std::span<const frame> received, boot_time now);
  agent_effects on_frame(const frame& received, boot_time now) { return on_frames({&received, 1}, now); }
  agent_effects on_attached(result<attachment> answer);
  /// `number` as in the ask: the answer may come after that attestation was given up.
  agent_effects on_step(attestation_number number, result<evidence_step> answer);
  agent_effects on_decided(attestation_number number, result<decision> answer);
  agent_effects on_renewed(const result<issued_certificates>& answer);
  /// These go out with the next beat reply.
  void on_due(const std::vector<command_record>& commands);
  /// What people set for this machine: it hears of it with the next reply.
  void on_tuning(tuning set);
  /// From the next challenge on.
  /// What the machine is judged by, and in which group, changed.
  void on_context(std::string group, context_ptr context);
  /// The service's newest signed head: goes out with the next beat reply, once. Null or empty: there is none.
  void on_log_state(std::shared_ptr<const log_state> now) { replies_.log_state(std::move(now)); }
  /// Lists that the machine gets with its next beat, if it does not have them.
  void on_trust(std::shared_ptr<const trust_lists> now) { replies_.lists(std::move(now)); }
  agent_effects on_end(const fault& why);
  /// The peer is gone. What it told last may still be bad news: the caller waits until `quiet`.
  agent_effects on_gone();
  /// Whether no answer is awaited that somebody else must hear of.
  bool quiet() const noexcept { return evidence_.quiet(); }
  /// A newer session took over. This session does no more work; it only watches whether its peer has
  /// reconnected. A beat already in flight gets an empty reply. A second beat proves that the peer is still
  /// alive here, so two hosts share the identity. The caller calls again when it has listened long enough:
  /// that ends the session.
  agent_effects on_superseded();
  /// Looks at the deadlines of hello (counted from the first look) and of evidence. Late evidence is dropped
  /// and no verdict: the next beat is challenged.
  agent_effects on_tick(boot_time now);

  /// While there is no room for more of its evidence, the deadline waits, too.
  void on_wait(boot_time now) { evidence_.wait(now); }
  void on_room(boot_time now) { evidence_.go_on(now); }
  /// Others wait for the room that this evidence takes: it is given up. No verdict, and asked for again with
  /// the next beat.
  agent_effects on_no_room();

  void change(const agent_protocol_settings& settings) { settings_ = settings; }
  /// How long this machine may keep silent: three of the beats that it was told last.
  std::chrono::milliseconds patience() const noexcept { return 3 * replies_.told(); }
  bool attached() const noexcept { return phase_ == phase::attached; }
  /// Of the machine's identity, when this session began.
  generation of_generation() const noexcept { return with_.recorded->generation; }
  session_epoch epoch() const noexcept { return with_.epoch; }
  /// Parts that wait to be judged, in bytes of memory. While it is above a bound of the Session's, the agent
  /// gets no credit: what a fast agent can make us hold is that bound, the credit that was out, and a frame.
  std::size_t backlog() const noexcept { return evidence_.backlog(); }
  /// Bytes of memory that attestations of this session hold, whoever has them now.
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
  std::optional<std::uint64_t> trust_told_; ///< by the machine: what it has
  std::optional<boot_time> renewed_;        ///< when a certificate was asked for last
  unsigned renewals_ordered_ = 0;           ///< that went out and may be asked for whatever came before
  std::size_t reports_left_;                ///< that the machine may send
  bool late_beat_ = false;                  ///< came after the session was superseded
  std::optional<boot_time> began_;          ///< first look at a deadline
  attestation_number last_number_;
  attestation_number before_first_; ///< the newest number when this session attached
  attestation_number late_noted_;   ///< whose late parts were noted
  unsigned unasked_ = 0;            ///< parts of no challenge of this session
};

} // namespace muster::service
