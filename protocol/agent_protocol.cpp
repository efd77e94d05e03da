#include "protocol/agent_protocol.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "messages/vocabulary/incarnation.hpp"
#include "messages/wire_command.hpp"
#include "protocol/hello.hpp"
#include "protocol/wire_fault.hpp"
#include "standing/whole_logs.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// Least time between two certificates of one session. The shortest certificates live for a minute and are
/// renewed at two thirds of it.
constexpr std::uint64_t least_renewal_ms = 30'000;

/// When an agent may ask again for a certificate that could not be made. A disk rarely hangs for longer.
constexpr std::uint32_t renewal_retry_ms = 2 * least_renewal_ms;

/// So many unrequested parts of evidence are dropped before one ends the session. An honest agent sends none.
constexpr unsigned most_unasked = 8;

/// How many reports a session may send. An agent remembers at most 256 errands of earlier sessions. For each
/// it may say that it accepts and how it ended, both at once and again with the next beat. Each report is
/// work for TrustMgr, where all machines wait.
constexpr unsigned reports_of_a_command = 4;
constexpr unsigned earlier_reports = 256 * reports_of_a_command;

fault superseded() { return {errc::conflict, "a newer session of this machine took over"}; }

} // namespace

agent_protocol::agent_protocol(node_id node, bytes node_spki, bytes32 exporter,
                               agent_protocol_settings settings)
    : settings_{settings}, channel_{node, std::move(node_spki), exporter, {}}, replies_{settings_.beat},
      reports_left_{earlier_reports} {}

agent_effects agent_protocol::end(const fault& why, std::uint32_t retry_after_ms) {
  agent_effects out;
  if (phase_ == phase::over) return out;
  phase_ = phase::over;
  evidence_.give_up(out);
  out.send.push_back(
      build<wire::ServiceFrame>([&](auto frame) { put_fault(frame.initFault(), why, retry_after_ms); }));
  out.close = true;
  out.note = why.check;
  return out;
}

agent_effects agent_protocol::on_end(const fault& why) { return end(why); }

agent_effects agent_protocol::on_gone() {
  agent_effects out;
  phase_ = phase::over;
  evidence_.give_up(out);
  return out;
}

agent_effects agent_protocol::on_superseded() {
  if (phase_ != phase::attached) return end(superseded());
  phase_ = phase::superseded;
  replies_.no_commands();
  agent_effects out;
  evidence_.give_up(out);
  return out;
}

agent_effects agent_protocol::take_late(wire::AgentFrame::Reader in) {
  agent_effects out;
  if (!in.isBeat()) return out; // its attestation or command is the newer session's now
  if (late_beat_) {
    out = end(superseded());
    out.two_hosts = true;
    return out;
  }
  late_beat_ = true;
  out.send.push_back(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder frame) {
    auto answer = frame.initBeatReply();
    answer.setSequence(in.getBeat().getSequence());
    answer.setIntervalMs(in_ms(replies_.interval_sent()));
  }));
  return out;
}

agent_effects agent_protocol::on_frames(std::span<const frame> received, boot_time now) {
  agent_effects out;
  for (const auto& one : received)
    join(out, take(one, now));
  evidence_.next_step(out);
  return out;
}

agent_effects agent_protocol::take(const frame& received, boot_time now) {
  if (phase_ == phase::over) return {};
  const auto parsed = parse_view<wire::AgentFrame>(received);
  if (!parsed) return end(parsed.fault());
  return parsed->read([&](wire::AgentFrame::Reader in) -> agent_effects {
    if (phase_ == phase::hello && in.isHello()) return take_hello(in.getHello());
    if (phase_ == phase::superseded) return take_late(in);
    if (phase_ != phase::attached) return end({errc::malformed, "agent: a frame out of turn"});
    switch (in.which()) {
    case wire::AgentFrame::BEAT: return take_beat(in.getBeat(), now);
    case wire::AgentFrame::EVIDENCE:
    case wire::AgentFrame::LOG_PART: return take_part(received, in);
    case wire::AgentFrame::REPORT: return take_report(in.getReport());
    case wire::AgentFrame::RENEW: return take_renew(now);
    case wire::AgentFrame::UNABLE: return take_unable(in.getUnable());
    default: return end({errc::malformed, "agent: a frame out of turn"});
    }
  });
}

/// A certificate costs a signature and a record for ever. An honest agent needs one now and then, and one for
/// each `renew` that was ordered in this session.
agent_effects agent_protocol::take_renew(boot_time now) {
  const bool soon = renewed_ && now.milliseconds < renewed_->milliseconds + least_renewal_ms;
  if (soon && renewals_ordered_ == 0)
    return end({errc::limit, "renew: a certificate was asked for just now"},
               static_cast<std::uint32_t>(renewed_->milliseconds + least_renewal_ms - now.milliseconds));
  if (soon) --renewals_ordered_;
  renewed_ = now;
  agent_effects out;
  out.asks.emplace_back(agent_effects::ask_renew{});
  return out;
}

agent_effects agent_protocol::take_hello(wire::Hello::Reader in) {
  const auto hello = read_hello(in);
  if (!hello) return end(hello.fault());
  if (!hello->boot) return end({errc::malformed, "hello: bootId is missing"});
  channel_.boot = *hello->boot;
  phase_ = phase::attaching;
  agent_effects out;
  out.asks.emplace_back(agent_effects::ask_attach{channel_.boot, to_bytes(bytes_of(in.getLogHead()))});
  return out;
}

agent_effects agent_protocol::on_attached(result<attachment> answer) {
  if (phase_ != phase::attaching) return {};
  if (!answer) return end(answer.fault());
  with_ = std::move(*answer);
  replies_.tune(with_.tuning);
  // A restored database has forgotten some numbers that were given out.
  last_number_ = before_first_ =
      std::max(with_.recorded->number, attestation_number{numbers_above(incarnation_of(with_.epoch))});
  phase_ = phase::attached;
  // Our hello goes out only now, because it tells the agent that it was accepted (docs/protocol.md 1).
  agent_effects out;
  out.send.push_back(build<wire::ServiceFrame>(
      [&](auto frame) { put_hello(frame.initHello(), settings_.max_frame, with_.opened.wall); }));
  return out;
}

/// An RSA key is kept for the session, because setting it up costs as much as verifying with it. A P-256 AK
/// is read again each time, which takes a fortieth of a verification and holds no memory in between.
result<tpm::trusted_ak> agent_protocol::recorded_ak() {
  if (kept_ak_) return *kept_ak_;
  auto read = tpm::trust_recorded_ak(with_.ak_public);
  if (read && read->ak().key().is_rsa()) kept_ak_ = std::make_shared<const tpm::trusted_ak>(*read);
  return read;
}

/// Records have wall time: that of the moment when the session attached, plus what has passed since.
wall_time agent_protocol::wall(boot_time now) const {
  const auto& at = with_.opened;
  return {at.wall.milliseconds + now.milliseconds - std::min(at.boot.milliseconds, now.milliseconds)};
}

/// fault: the AK on record cannot be used.
status agent_protocol::start_challenge(boot_time now) {
  last_number_.value += 1;
  using appraisal::logs_wanted;
  const bool whole =
      schedule_.whole_logs() || whole_logs_due(*with_.recorded, *with_.context, channel_.boot, wall(now));
  auto asked =
      make_challenge(*with_.recorded, last_number_, whole ? logs_wanted::whole : logs_wanted::increment, now);
  if (whole) with_.recorded = after_asking(std::move(with_.recorded), wall(now));
  schedule_.challenged(now);
  auto ak = recorded_ak();
  if (!ak) return ak.fault();
  decision_request request;
  request.node = channel_.node;
  request.epoch = with_.epoch;
  request.number = last_number_;
  request.challenged = now;
  request.context = with_.context;
  request.boot = channel_.boot;
  request.of = of_generation();
  request.whole = whole;
  request.group = with_.group;
  auto from = begin_attestation(asked, *std::move(ak), with_, channel_, settings_.caps, settings_.cpu);
  evidence_.begin(asked, std::move(request), std::move(from));
  return {};
}

agent_effects agent_protocol::take_beat(wire::Beat::Reader in, boot_time now) {
  auto out = on_tick(now); // drops late evidence, so that this beat can be challenged
  const bool due =
      !evidence_.runs() && schedule_.due({settings_.interval, settings_.reconnect_pause}, with_.before, now);
  const bool challenged = due && start_challenge(now);
  if (due && !challenged) out.note = "the recorded AK cannot be used; the machine must enrol again";
  out.send.push_back(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder frame) {
    auto answer = frame.initBeatReply();
    answer.setSequence(in.getSequence());
    answer.setReconnectSpreadMs(std::max(1U, in_ms(settings_.reconnect_spread))); // 0 means: not said
    if (challenged)
      put_challenge(answer.initChallenge(), evidence_.asked(), *with_.recorded, settings_.log_deadline);
    const auto sent = replies_.put(answer, in.getTrust(), {settings_.beat, settings_.longest_beat}, now);
    reports_left_ += reports_of_a_command * sent.commands;
    renewals_ordered_ += sent.renewals;
  }));
  if (trust_reported_ != in.getTrust()) out.trust = trust_reported_ = in.getTrust();
  return out;
}

/// Drops evidence that no challenge of this session asked for; it is never a verdict (docs/protocol.md 3).
/// Late parts may be honest: the rest of an attestation whose deadline passed.
agent_effects agent_protocol::drop(wire::AgentFrame::Reader in) {
  const auto number = in.isEvidence() ? in.getEvidence().getNumber() : in.getLogPart().getNumber();
  agent_effects dropped;
  if (number > before_first_.value && number <= last_number_.value) {
    if (late_noted_.value != number) dropped.note = "evidence that came too late";
    late_noted_.value = number;
    return dropped;
  }
  if (++unasked_ > most_unasked) return end({errc::malformed, "evidence that was not asked for, too often"});
  dropped.note = "evidence that was not asked for";
  return dropped;
}

agent_effects agent_protocol::take_part(const frame& received, wire::AgentFrame::Reader in) {
  if (!evidence_.belongs(in)) return drop(in);
  if (auto taken = evidence_.take(received, in, channel_, with_.ak_public); !taken) return end(taken.fault());
  return {};
}

agent_effects agent_protocol::on_step(attestation_number number, result<evidence_step> answer) {
  agent_effects out;
  if (!answer && evidence_.runs(number) && evidence_.asked_for_whole()) schedule_.still_owed();
  evidence_.on_step(number, std::move(answer), out);
  return out;
}

agent_effects agent_protocol::on_decided(attestation_number number, result<decision> answer) {
  agent_effects out;
  if (!evidence_.runs(number)) {
    // Bad news of an attestation that was given up: the next one continues from what is recorded now.
    if (answer && phase_ == phase::attached) with_.recorded = std::move(answer->recorded);
    return out;
  }
  const bool whole = evidence_.asked_for_whole();
  evidence_.decided();
  if (!answer) {
    out.note = answer.fault().check;
    // Dropped because the machine was changed meanwhile (it has another group). It is asked again at once, so
    // that what it sent comes again.
    if (answer.fault().code == errc::conflict) schedule_.lost();
    if (whole) schedule_.still_owed();
    return out;
  }
  with_.recorded = std::move(answer->recorded);
  schedule_.decided(answer->ask_full_log);
  out.send.push_back(
      build<wire::ServiceFrame>([&](auto frame) { frame.initEvidenceTaken().setNumber(number.value); }));
  return out;
}

agent_effects agent_protocol::on_renewed(const result<issued_certificates>& answer) {
  agent_effects out;
  if (phase_ != phase::attached) return out;
  if (!answer) out.note = answer.fault().check;
  out.send.push_back(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder frame) {
    auto renewed = frame.initRenewed();
    if (!answer) return renewed.setRetryAfterMs(renewal_retry_ms);
    renewed.setNodeCertificate(data_of(answer->node_certificate));
    auto chain = renewed.initNodeChain(static_cast<unsigned>(answer->node_chain.size()));
    for (unsigned i = 0; i < answer->node_chain.size(); ++i)
      chain.set(i, data_of(answer->node_chain[i]));
  }));
  return out;
}

agent_effects agent_protocol::take_report(wire::Report::Reader in) {
  if (reports_left_ == 0) return end({errc::limit, "report: more than there are commands"});
  --reports_left_;
  agent_effects out;
  out.reports.push_back(
      {command_id{in.getId()}, outcome_of(in.getOutcome()), printable(text_of(in.getText()), 200)});
  return out;
}

/// Ends the wait, and nothing else. What the machine has sent of the attestation counts as that of one that
/// was given up. Its word alone makes no verdict and no lease.
agent_effects agent_protocol::take_unable(wire::Unable::Reader in) {
  agent_effects out;
  if (!evidence_.awaits() || !evidence_.runs({in.getNumber()})) return out;
  schedule_.was_unable(evidence_.asked_for_whole());
  evidence_.give_up(out);
  out.unable = "the machine says: " + printable(text_of(in.getWhy()), 200);
  return out;
}

void agent_protocol::on_due(const std::vector<command_record>& commands) {
  for (const auto& command : commands) {
    replies_.due(command);
    if (command.kind == command_kind::attest) schedule_.wanted();
  }
}

void agent_protocol::on_tuning(tuning set) { replies_.tune(std::move(set)); }

void agent_protocol::on_context(std::string group, context_ptr context) {
  with_.group = std::move(group);
  with_.context = std::move(context);
}

/// The next beat is challenged, whatever the interval.
void agent_protocol::drop_evidence(agent_effects& out) {
  evidence_.give_up(out);
  schedule_.lost();
}

agent_effects agent_protocol::on_no_room() {
  agent_effects out;
  if (!evidence_.awaits()) return out;
  if (evidence_.asked_for_whole()) schedule_.still_owed();
  drop_evidence(out);
  out.note = "no room for this evidence: others waited for it too long";
  return out;
}

agent_effects agent_protocol::on_tick(boot_time now) {
  agent_effects out;
  if (!began_) began_ = now;
  // A peer that stays silent, or sends a frame byte by byte, holds a session that others want.
  const auto hello_until = began_->milliseconds + static_cast<std::uint64_t>(settings_.log_deadline.count());
  if (phase_ == phase::hello && now.milliseconds >= hello_until)
    return end({errc::limit, "hello: the agent did not send it in time"});
  const auto allowed = evidence_.overdue(now, settings_.log_deadline, settings_.log_least_rate);
  if (!allowed) return out;
  drop_evidence(out);
  out.note = "evidence did not come in time";
  out.unable = "no complete evidence came within " + std::to_string(*allowed / 1000) + " s of the challenge";
  return out;
}

} // namespace muster::service
