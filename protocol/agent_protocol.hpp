// The channel of an admitted machine (muster/1) as a value: state and event to effects. No IO, no actor; time
// is a parameter.
#pragma once

#include "messages/frame.hpp"
#include "protocol/challenge.hpp"
#include "protocol/evidence_step.hpp"
#include "records/enrolment.hpp"
#include "records/log_board.hpp"
#include "records/trust_lists.hpp"

#include <deque>
#include <span>
#include <variant>

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

/// What the Session must do now.
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
  void on_context(context_ptr context);
  /// The service's newest signed head: goes out with the next beat reply, once. Null or empty: there is none.
  void on_log_state(std::shared_ptr<const log_state> now) { log_ = std::move(now); }
  /// Lists that the machine gets with its next beat, if it does not have them.
  void on_trust(std::shared_ptr<const trust_lists> now) { trust_ = std::move(now); }
  agent_effects on_end(const fault& why);
  /// The peer is gone. What it told last may still be bad news: the caller waits until `quiet`.
  agent_effects on_gone();
  /// Whether no answer is awaited that somebody else must hear of.
  bool quiet() const noexcept { return given_up_.empty(); }
  /// A newer session took over. This session does no more work; it only watches whether its peer has
  /// reconnected. A beat already in flight gets an empty reply. A second beat proves that the peer is still
  /// alive here, so two hosts share the identity. The caller calls again when it has listened long enough:
  /// that ends the session.
  agent_effects on_superseded();
  /// Looks at the deadlines of hello (counted from the first look) and of evidence. Late evidence is dropped
  /// and no verdict: the next beat is challenged.
  agent_effects on_tick(boot_time now);

  /// While there is no room for more of its evidence, the deadline waits, too.
  void on_wait(boot_time now);
  void on_room(boot_time now);
  /// Others wait for the room that this evidence takes: it is given up. No verdict, and asked for again with
  /// the next beat.
  agent_effects on_no_room();

  void change(const agent_protocol_settings& settings) { settings_ = settings; }
  /// How long this machine may keep silent: three of the beats that it was told last.
  std::chrono::milliseconds patience() const noexcept { return 3 * told_; }
  bool attached() const noexcept { return phase_ == phase::attached; }
  /// Of the machine's identity, when this session began.
  generation of_generation() const noexcept { return with_.recorded->generation; }
  session_epoch epoch() const noexcept { return with_.epoch; }
  /// Parts that wait to be judged, in bytes of memory. While it is above a bound of the Session's, the agent
  /// gets no credit: what a fast agent can make us hold is that bound, the credit that was out, and a frame.
  std::size_t backlog() const noexcept { return running_ ? running_->backlog : 0; }
  /// Bytes of memory that attestations of this session hold, whoever has them now.
  std::size_t held() const noexcept;

private:
  enum class phase { hello, attaching, attached, superseded, over };
  /// The attestation that runs, from challenge to decision.
  struct running {
    challenge asked;
    context_ptr context;
    std::shared_ptr<appraisal::running_attestation> attestation; ///< null while the Verifier has it
    std::shared_ptr<node_evidence> evidence;                     ///< null before part 0
    std::deque<frame> waiting;                                   ///< parts behind the one at the Verifier
    std::size_t backlog = 0;                                     ///< what `waiting` costs
    std::size_t held = 0;                                        ///< what all parts cost, judged or not
    std::uint64_t received = 0;                                  ///< bytes of log
    std::uint64_t waited = 0;                                    ///< ms without room for more
    std::optional<boot_time> waits_since;                        ///< there is none now
    std::uint32_t next_part = 0;
    bool last_seen = false;
    bool deciding = false;
  };

  /// An attestation that will not come to its end while the Verifier has it, or has its last parts.
  struct given_up {
    attestation_number number;
    context_ptr context;
    boot_time challenged;
    std::shared_ptr<node_evidence> evidence;
    std::deque<frame> waiting;
    std::size_t held = 0;
    bool whole = false; ///< whole logs were asked for
  };

  agent_effects end(const fault& why, std::uint32_t retry_after_ms = 0);
  void give_up(agent_effects& out);
  agent_effects on_given_up(std::vector<given_up>::iterator one, result<evidence_step> answer);
  agent_effects take(const frame& received, boot_time now);
  agent_effects take_hello(wire::Hello::Reader in);
  agent_effects take_beat(wire::Beat::Reader in, boot_time now);
  agent_effects take_late(wire::AgentFrame::Reader in);
  agent_effects drop(wire::AgentFrame::Reader in);
  agent_effects take_part(const frame& received, wire::AgentFrame::Reader in);
  agent_effects take_renew(boot_time now);
  agent_effects take_report(wire::Report::Reader in);
  agent_effects take_unable(wire::Unable::Reader in);
  bool belongs(wire::AgentFrame::Reader in) const;
  void next_step(agent_effects& out);
  bool challenge_due(boot_time now) const;
  void drop_evidence(agent_effects& out);
  wall_time wall(boot_time now) const;
  void start_challenge(boot_time now);
  result<tpm::trusted_ak> recorded_ak();
  void put_commands(wire::BeatReply::Builder reply, boot_time now);
  void put_tuning(wire::BeatReply::Builder reply);
  void put_log_head(wire::BeatReply::Builder reply);
  void put_lists(wire::BeatReply::Builder reply, std::uint64_t has);

  agent_protocol_settings settings_;
  evidence_channel channel_;
  phase phase_ = phase::hello;
  attachment with_;
  std::shared_ptr<const tpm::trusted_ak> kept_ak_; ///< see `recorded_ak`
  std::optional<running> running_;
  std::vector<given_up> given_up_;
  std::vector<command_record> due_;
  std::shared_ptr<const log_state> log_;      ///< newest that was told
  std::shared_ptr<const log_state> log_sent_; ///< whose head went out with a reply
  std::shared_ptr<const trust_lists> trust_;  ///< newest that were told; may be null
  std::optional<std::uint64_t> trust_told_;   ///< by the machine: what it has
  /// What it had and what was the newest, when lists went out last: it may pass some over, or fail to keep
  /// them, and is not sent them with every beat.
  std::pair<std::uint64_t, std::uint64_t> trust_sent_{0, 0};
  std::optional<boot_time> renewed_; ///< when a certificate was asked for last
  unsigned renewals_ordered_ = 0;    ///< that went out and may be asked for whatever came before
  std::chrono::milliseconds told_;   ///< the beat, by the newest reply
  std::size_t reports_left_;         ///< that the machine may send
  bool late_beat_ = false;           ///< came after the session was superseded
  bool at_once_ = false;             ///< a person wants one, or whole logs are needed: no interval
  /// A decision asked for everything, or the machine could not give it: each challenge does, until the next
  /// decision. Evidence can be lost on its way.
  bool whole_ = false;
  bool unable_ = false;            ///< the machine said so of the last one
  std::optional<boot_time> began_; ///< first look at a deadline
  std::optional<boot_time> last_challenge_;
  attestation_number last_number_;
  attestation_number before_first_; ///< the newest number when this session attached
  attestation_number late_noted_;   ///< whose late parts were noted
  unsigned unasked_ = 0;            ///< parts of no challenge of this session
};

} // namespace muster::service
