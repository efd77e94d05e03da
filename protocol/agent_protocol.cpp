#include "protocol/agent_protocol.hpp"

#include "appraisal/unproven.hpp"
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

/// What a waiting part costs beside its bytes, so that many small ones count as well.
constexpr std::size_t part_overhead = 256;

/// What goes to the Verifier in one step, so that other sessions have their turn: at least one part, and more
/// as long as they are fewer bytes than this.
constexpr std::size_t max_step = std::size_t{64} * 1024;

/// Between two certificates of one session. The shortest that there are live a minute, and are renewed at two
/// thirds.
constexpr std::uint64_t least_renewal_ms = 30'000;

/// When an agent may ask again for a certificate that could not be made: a disk that hangs does not for long.
constexpr std::uint32_t renewal_retry_ms = 2 * least_renewal_ms;

/// Parts of evidence that nobody asked for, before the session is ended: no honest agent sends one.
constexpr unsigned most_unasked = 8;

/// Reports of a session. An agent remembers at most 256 errands of earlier ones. On each it may say that it
/// accepts and how it ended, both at once and with the next beat. Each is work for TrustMgr, where all
/// machines wait.
constexpr unsigned reports_of_a_command = 4;
constexpr unsigned earlier_reports = 256 * reports_of_a_command;

fault superseded() { return {errc::conflict, "a newer session of this machine took over"}; }

std::uint32_t left_ms(boot_time deadline, boot_time now) {
  return deadline > now ? static_cast<std::uint32_t>(deadline.milliseconds - now.milliseconds) : 0;
}

std::uint32_t in_ms(std::chrono::milliseconds d) { return static_cast<std::uint32_t>(d.count()); }

void put_command(wire::Command::Builder out, const command_record& command, boot_time now) {
  out.setId(command.id.value);
  out.setDeadlineMs(left_ms(command.deadline, now));
  put_kind(out, command.kind);
}

std::shared_ptr<node_evidence> evidence_of(wire::Evidence::Reader in, const challenge& asked,
                                           const evidence_channel& channel, const attachment& with) {
  auto out = std::make_shared<node_evidence>();
  out->manifest = to_bytes(bytes_of(in.getManifest()));
  out->attest = to_bytes(bytes_of(in.getAttest()));
  out->signature = to_bytes(bytes_of(in.getSignature()));
  out->nonce = asked.issue.nonce;
  out->exporter = channel.exporter;
  out->node_spki = channel.node_spki;
  out->ak_public = with.ak_public;
  for (const auto pcr : in.getPcrs()) {
    const auto bank = hash_algorithm_from(pcr.getAlgorithm());
    if (bank && pcr.getIndex() < tpm::pcr_count && pcr.getValue().size() == digest_size(*bank))
      out->pcrs.push_back({*bank, pcr.getIndex(), crypto::digest{bytes_of(pcr.getValue())}});
  }
  return out;
}

bool is_whole(const challenge& asked) { return asked.issue.logs == appraisal::logs_wanted::whole; }

/// What `more` asks for, behind what `out` does. Of the notes the newest is kept: it says why a session ends.
void join(agent_effects& out, agent_effects more) {
  const auto put_behind = [](auto& list, auto& further) {
    if (list.empty()) return void(list = std::move(further));
    std::ranges::move(further, std::back_inserter(list));
  };
  put_behind(out.send, more.send);
  put_behind(out.asks, more.asks);
  put_behind(out.reports, more.reports);
  if (more.unable) out.unable = std::move(more.unable);
  out.close = out.close || more.close;
  out.two_hosts = out.two_hosts || more.two_hosts;
  if (more.trust) out.trust = more.trust;
  if (!more.note.empty()) out.note = std::move(more.note);
}

} // namespace

agent_protocol::agent_protocol(node_id node, bytes node_spki, bytes32 exporter,
                               agent_protocol_settings settings)
    : settings_{settings}, channel_{node, std::move(node_spki), exporter, {}}, told_{settings_.beat},
      reports_left_{earlier_reports} {}

agent_effects agent_protocol::end(const fault& why, std::uint32_t retry_after_ms) {
  agent_effects out;
  if (phase_ == phase::over) return out;
  phase_ = phase::over;
  give_up(out);
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
  give_up(out);
  return out;
}

/// What the machine told of an attestation that will not end may be bad news (docs/checks.md P7). What is
/// with TrustMgr already needs no more.
void agent_protocol::give_up(agent_effects& out) {
  if (!running_) return;
  auto was = *std::exchange(running_, std::nullopt);
  if (was.deciding || !was.evidence) return;
  const auto number = was.asked.issue.number;
  given_up_.push_back({number,
                       std::move(was.context),
                       was.asked.issued,
                       std::move(was.evidence),
                       {},
                       was.held,
                       is_whole(was.asked)});
  if (was.attestation == nullptr) { // with the Verifier: its answer brings it back
    given_up_.back().waiting = std::move(was.waiting);
    return;
  }
  evidence_parts last{std::move(was.attestation), {}, true};
  std::ranges::move(was.waiting, std::back_inserter(last.parts));
  out.asks.emplace_back(agent_effects::ask_step{number, std::move(last)});
}

agent_effects agent_protocol::on_given_up(std::vector<given_up>::iterator one, result<evidence_step> answer) {
  agent_effects out;
  if (answer && answer->attestation) {
    evidence_parts last{std::move(answer->attestation), {}, true};
    std::ranges::move(one->waiting, std::back_inserter(last.parts));
    one->waiting.clear();
    out.asks.emplace_back(agent_effects::ask_step{one->number, std::move(last)});
    return out;
  }
  auto was = std::move(*one);
  given_up_.erase(one);
  if (!answer) return out;
  auto bad = appraisal::bad_news_of(std::move(answer->outcome));
  if (bad == nullptr) return out;
  out.note = "evidence that was not brought to its end is bad news";
  out.asks.emplace_back(agent_effects::ask_decide{
      {channel_.node, with_.epoch, was.number, was.challenged, std::move(was.context), std::move(bad),
       std::move(was.evidence), channel_.boot, of_generation(), true, was.whole}});
  return out;
}

agent_effects agent_protocol::on_superseded() {
  if (phase_ != phase::attached) return end(superseded());
  phase_ = phase::superseded;
  due_.clear();
  agent_effects out;
  give_up(out);
  return out;
}

agent_effects agent_protocol::take_late(wire::AgentFrame::Reader in) {
  agent_effects out;
  if (!in.isBeat()) return out; // of an attestation or a command that a newer session has now
  if (late_beat_) {
    out = end(superseded());
    out.two_hosts = true;
    return out;
  }
  late_beat_ = true;
  out.send.push_back(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder frame) {
    auto answer = frame.initBeatReply();
    answer.setSequence(in.getBeat().getSequence());
    answer.setIntervalMs(in_ms(told_));
  }));
  return out;
}

agent_effects agent_protocol::on_frames(std::span<const frame> received, boot_time now) {
  agent_effects out;
  for (const auto& one : received)
    join(out, take(one, now));
  next_step(out);
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

/// A certificate costs a signature and a record for ever: one in a while is what an honest agent needs, and
/// one for each that people ordered in this session.
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
  // A restored database has forgotten some that were given.
  last_number_ = before_first_ =
      std::max(with_.recorded->number, attestation_number{numbers_above(incarnation_of(with_.epoch))});
  phase_ = phase::attached;
  // Our hello comes only now: to the agent it says that it was accepted (docs/protocol.md 1).
  agent_effects out;
  out.send.push_back(build<wire::ServiceFrame>(
      [&](auto frame) { put_hello(frame.initHello(), settings_.max_frame, with_.opened.wall); }));
  return out;
}

bool agent_protocol::challenge_due(boot_time now) const {
  if (running_) return false;
  if (at_once_) return true;
  // A machine that comes back again and again is not judged as often: that costs what others wait for.
  // One that could not answer is asked again sooner: it may be able to by then.
  const auto pause = !last_challenge_ ? settings_.reconnect_pause
                     : unable_        ? std::min(settings_.interval, settings_.reconnect_pause)
                                      : settings_.interval;
  const auto& since = last_challenge_ ? last_challenge_ : with_.before;
  return !since || now.milliseconds >= since->milliseconds + static_cast<std::uint64_t>(pause.count());
}

/// An RSA key is kept for the session: to set it up costs as much as to verify with it. A P-256 AK is read
/// again, in a fortieth of a verification, and costs no memory in between.
result<tpm::trusted_ak> agent_protocol::recorded_ak() {
  if (kept_ak_) return *kept_ak_;
  auto read = tpm::trust_recorded_ak(with_.ak_public);
  if (read && read->ak().key().is_rsa()) kept_ak_ = std::make_shared<const tpm::trusted_ak>(*read);
  return read;
}

/// What is on record has the time of the wall: as it was when the session attached, and what passed since.
wall_time agent_protocol::wall(boot_time now) const {
  const auto& at = with_.opened;
  return {at.wall.milliseconds + now.milliseconds - std::min(at.boot.milliseconds, now.milliseconds)};
}

void agent_protocol::start_challenge(boot_time now) {
  last_number_.value += 1;
  using appraisal::logs_wanted;
  const bool whole = whole_ || whole_logs_due(*with_.recorded, *with_.context, channel_.boot, wall(now));
  auto asked =
      make_challenge(*with_.recorded, last_number_, whole ? logs_wanted::whole : logs_wanted::increment, now);
  if (whole) with_.recorded = once_asked(std::move(with_.recorded), wall(now));
  auto ak = recorded_ak();
  last_challenge_ = now;
  at_once_ = unable_ = false;
  if (!ak) return;
  running_.emplace(running{});
  running_->attestation =
      begin_attestation(asked, *std::move(ak), with_, channel_, settings_.caps, settings_.cpu);
  running_->asked = asked;
  running_->context = with_.context;
}

void agent_protocol::put_commands(wire::BeatReply::Builder reply, boot_time now) {
  auto commands = reply.initCommands(static_cast<unsigned>(due_.size()));
  reports_left_ += reports_of_a_command * due_.size();
  for (unsigned i = 0; i < due_.size(); ++i) {
    put_command(commands[i], due_[i], now);
    if (due_[i].kind == command_kind::renew) ++renewals_ordered_;
  }
  due_.clear();
}

/// In each reply: what was set holds for a machine that restarted, and for one that lost a reply.
void agent_protocol::put_tuning(wire::BeatReply::Builder reply) {
  const auto& set = with_.tuning;
  told_ = set.beat.count() == 0 ? settings_.beat : std::min(set.beat, settings_.longest_beat);
  reply.setIntervalMs(in_ms(told_));
  if (set.jitter.count() == 0 && set.log_level.empty()) return;
  auto out = reply.initTuning();
  out.setJitterMs(in_ms(set.jitter));
  out.setLogLevel(text_of(set.log_level));
}

void agent_protocol::put_log_head(wire::BeatReply::Builder reply) {
  if (!log_ || log_ == log_sent_) return;
  // Other news of the log leaves the head as it is.
  if (!log_->head.empty() && (!log_sent_ || log_sent_->head != log_->head))
    reply.setLogHead(data_of(log_->head));
  log_sent_ = log_;
}

void agent_protocol::put_lists(wire::BeatReply::Builder reply, std::uint64_t has) {
  const auto newest = trust_ ? newest_of(*trust_) : 0;
  if (newest <= has || trust_sent_ == std::pair{has, newest}) return;
  trust_sent_ = {has, newest};
  const auto lists = newer_than(*trust_, has);
  put_trust(reply.initTrust(static_cast<unsigned>(lists.size())), lists);
}

agent_effects agent_protocol::take_beat(wire::Beat::Reader in, boot_time now) {
  auto out = on_tick(now); // a machine that could not answer is asked again as soon as it may be
  const bool challenged = challenge_due(now);
  if (challenged) start_challenge(now);
  if (challenged && !running_) out.note = "the recorded AK cannot be used; the machine must enrol again";
  out.send.push_back(build<wire::ServiceFrame>([&](wire::ServiceFrame::Builder frame) {
    auto answer = frame.initBeatReply();
    answer.setSequence(in.getSequence());
    put_tuning(answer);
    answer.setReconnectSpreadMs(std::max(1U, in_ms(settings_.reconnect_spread))); // 0 would say nothing
    if (challenged && running_)
      put_challenge(answer.initChallenge(), running_->asked, *with_.recorded, settings_.log_deadline);
    put_commands(answer, now);
    put_log_head(answer);
    put_lists(answer, in.getTrust());
  }));
  if (trust_told_ != in.getTrust()) out.trust = trust_told_ = in.getTrust();
  return out;
}

bool agent_protocol::belongs(wire::AgentFrame::Reader in) const {
  if (!running_ || running_->last_seen) return false;
  const auto number = in.isEvidence() ? in.getEvidence().getNumber() : in.getLogPart().getNumber();
  if (number != running_->asked.issue.number.value) return false;
  return in.isEvidence() ? running_->next_part == 0 : running_->next_part != 0;
}

/// Evidence that no challenge of this session asked for is dropped; it is never a verdict
/// (docs/protocol.md 3). Parts that are late may be honest: the rest of an attestation whose deadline passed.
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
  if (!belongs(in)) return drop(in);
  if (in.isEvidence()) {
    running_->evidence = evidence_of(in.getEvidence(), running_->asked, channel_, with_);
    running_->last_seen = in.getEvidence().getLast();
  } else {
    if (in.getLogPart().getPart() != running_->next_part)
      return end({errc::malformed, "log part: not the next one"});
    running_->received += in.getLogPart().getBody().size();
    running_->last_seen = in.getLogPart().getLast();
  }
  running_->next_part += 1;
  running_->waiting.push_back(received);
  running_->backlog += received.view().size() + part_overhead;
  running_->held += received.view().size() + part_overhead;
  return {};
}

void agent_protocol::next_step(agent_effects& out) {
  if (!running_ || !running_->attestation || running_->waiting.empty()) return;
  evidence_parts step{std::exchange(running_->attestation, nullptr), {}};
  auto& waiting = running_->waiting;
  for (std::size_t size = 0; !waiting.empty(); waiting.pop_front()) {
    size += waiting.front().view().size();
    if (size > max_step && !step.parts.empty()) break;
    running_->backlog -= waiting.front().view().size() + part_overhead;
    step.parts.push_back(std::move(waiting.front()));
  }
  out.asks.emplace_back(agent_effects::ask_step{running_->asked.issue.number, std::move(step)});
}

agent_effects agent_protocol::on_step(attestation_number number, result<evidence_step> answer) {
  agent_effects out;
  if (const auto one = std::ranges::find(given_up_, number, &given_up::number); one != given_up_.end())
    return on_given_up(one, std::move(answer));
  if (!running_ || running_->deciding || running_->asked.issue.number != number) return out;
  if (!answer) {
    out.note = answer.fault().check;
    running_.reset();
    return out;
  }
  if (!answer->outcome) {
    running_->attestation = std::move(answer->attestation);
    next_step(out);
    return out;
  }
  running_->deciding = true;
  running_->last_seen = true;
  running_->waiting.clear();
  running_->backlog = 0;
  decision_request request{channel_.node,          with_.epoch,       running_->asked.issue.number,
                           running_->asked.issued, running_->context, std::move(answer->outcome),
                           running_->evidence,     channel_.boot,     of_generation()};
  request.whole = is_whole(running_->asked);
  out.asks.emplace_back(agent_effects::ask_decide{std::move(request)});
  return out;
}

agent_effects agent_protocol::on_decided(attestation_number number, result<decision> answer) {
  agent_effects out;
  if (!running_ || running_->asked.issue.number != number) {
    // Bad news of an attestation that was given up: what is recorded now is what the next one goes on from.
    if (answer && phase_ == phase::attached) with_.recorded = std::move(answer->recorded);
    return out;
  }
  running_.reset();
  if (!answer) {
    out.note = answer.fault().check;
    // Dropped because of what others did meanwhile (the machine has another group): it is asked again at
    // once, so that what it told comes again.
    if (answer.fault().code == errc::conflict) last_challenge_.reset();
    return out;
  }
  with_.recorded = std::move(answer->recorded);
  whole_ = at_once_ = answer->ask_full_log;
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

/// It ends the wait, and nothing else: what was told of the attestation until then counts as of one that was
/// given up, and no verdict and no lease comes of the machine's word.
agent_effects agent_protocol::take_unable(wire::Unable::Reader in) {
  agent_effects out;
  if (!running_ || running_->deciding || in.getNumber() != running_->asked.issue.number.value) return out;
  whole_ = whole_ || is_whole(running_->asked);
  give_up(out);
  unable_ = true;
  out.unable = "the machine says: " + printable(text_of(in.getWhy()), 200);
  return out;
}

void agent_protocol::on_due(const std::vector<command_record>& commands) {
  for (const auto& command : commands) {
    due_.push_back(command);
    at_once_ = at_once_ || command.kind == command_kind::attest;
  }
}

void agent_protocol::on_tuning(tuning set) { with_.tuning = std::move(set); }

void agent_protocol::on_context(context_ptr context) { with_.context = std::move(context); }

void agent_protocol::on_wait(boot_time now) {
  if (running_ && !running_->waits_since) running_->waits_since = now;
}

void agent_protocol::on_room(boot_time now) {
  if (!running_ || !running_->waits_since) return;
  running_->waited += now.milliseconds - std::exchange(running_->waits_since, std::nullopt)->milliseconds;
}

std::size_t agent_protocol::held() const noexcept {
  std::size_t out = running_ ? running_->held : 0;
  for (const auto& one : given_up_)
    out += one.held;
  return out;
}

/// The next beat is challenged, whatever the interval.
void agent_protocol::drop_evidence(agent_effects& out) {
  give_up(out);
  last_challenge_.reset();
}

agent_effects agent_protocol::on_no_room() {
  agent_effects out;
  if (!running_ || running_->deciding) return out;
  drop_evidence(out);
  out.note = "no room for this evidence: others waited for it too long";
  return out;
}

agent_effects agent_protocol::on_tick(boot_time now) {
  agent_effects out;
  if (!began_) began_ = now;
  // Whoever keeps silent, or sends a frame byte by byte, holds a session that others want.
  const auto hello_until = began_->milliseconds + static_cast<std::uint64_t>(settings_.log_deadline.count());
  if (phase_ == phase::hello && now.milliseconds >= hello_until)
    return end({errc::limit, "hello: it did not come in time"});
  if (!running_ || running_->deciding || running_->waits_since) return out;
  const auto earned = running_->received * 1000 / settings_.log_least_rate;
  const auto allowed = static_cast<std::uint64_t>(settings_.log_deadline.count()) + earned + running_->waited;
  if (now.milliseconds < running_->asked.issued.milliseconds + allowed) return out;
  drop_evidence(out);
  out.note = "evidence did not come in time";
  out.unable = "no complete evidence came within " + std::to_string(allowed / 1000) + " s of the challenge";
  return out;
}

} // namespace muster::service
