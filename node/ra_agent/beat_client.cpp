#include "node/ra_agent/beat_client.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "messages/wire_command.hpp"

#include <algorithm>

namespace muster::node {

namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t max_agent_frame = 1024 * 1024; // of this channel (docs/protocol.md 1)
constexpr milliseconds shortest_interval{10};
constexpr milliseconds longest_interval{3'600'000};
constexpr milliseconds longest_spread{3'600'000};
constexpr unsigned max_commands = 64; // in one reply

boot_time after(boot_time from, milliseconds span) {
  return {from.milliseconds + static_cast<std::uint64_t>(std::max<milliseconds::rep>(0, span.count()))};
}

// A hundredth less than the service allows: the two clocks may run at different rates.
boot_time deadline_of(boot_time beat_sent, std::uint32_t left_ms) {
  return {beat_sent.milliseconds + left_ms - left_ms / 100};
}

bytes report_frame(const errand_report& report) {
  return build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
    auto out = frame.initReport();
    out.setId(report.id.value);
    out.setOutcome(wire_outcome(report.how));
    out.setText(text_of(report.text));
  });
}

/// fault: the challenge asks for what no challenge may ask for.
result<challenge_order> read_challenge(wire::Challenge::Reader in, boot_time beat_sent) {
  challenge_order out;
  out.evidence.number = {in.getNumber()};
  const auto nonce = bytes_of(in.getNonce());
  if (nonce.size() != out.evidence.nonce.size())
    return fault{errc::malformed, "challenge: nonce is not 32 bytes"};
  std::ranges::copy(nonce, out.evidence.nonce.begin());
  for (const auto bank : in.getSelection()) {
    const auto algorithm = hash_algorithm_from(bank.getAlgorithm());
    if (!algorithm) return fault{errc::unsupported, "challenge: unknown PCR bank"};
    if (auto added = out.evidence.selection.add(*algorithm, bank.getMask()); !added) return added.fault();
  }
  if (out.evidence.selection.selects_nothing())
    return fault{errc::malformed, "challenge: no PCR is selected"};
  out.evidence.want_boot_log = in.getWantBootLog();
  out.evidence.ima_first = in.getImaFirst();
  out.deadline = deadline_of(beat_sent, in.getDeadlineMs());
  return out;
}

/// Empty for a kind that this version does not know.
std::optional<command> read_command(wire::Command::Reader in, boot_time beat_sent) {
  const auto kind = kind_of(in);
  if (!kind) return std::nullopt;
  return command{{in.getId()}, *kind, deadline_of(beat_sent, in.getDeadlineMs())};
}

tuning read_tuning(wire::Tuning::Reader in) {
  return {milliseconds{0}, milliseconds{in.getJitterMs()}, printable(text_of(in.getLogLevel()), 16)};
}

} // namespace

beat_client::beat_client(beat_settings settings, const boot_id& boot, byte_view log_heads,
                         std::vector<errand_report> unsent)
    : settings_{settings}, boot_{boot}, log_heads_{kept_heads::parse(log_heads)} {
  for (auto& report : unsent)
    reports_.push_back({std::move(report), 1});
}

void beat_client::change(const beat_settings& settings) { settings_ = settings; }

beat_effects beat_client::end(refusal why) {
  phase_ = phase::over;
  beat_effects out;
  out.ended = std::move(why);
  return out;
}

beat_effects beat_client::start(boot_time now) {
  if (phase_ != phase::start) return {};
  phase_ = phase::hello;
  next_ = after(now, patience);
  beat_effects out;
  const auto kept = log_heads_.encode();
  out.send.push_back(build<wire::AgentFrame>(
      [&](auto frame) { put_hello(frame.initHello(), max_agent_frame, boot_.raw, kept); }));
  return out;
}

beat_effects beat_client::on_frame(const frame& received, boot_time now, std::uint64_t random) {
  if (phase_ == phase::over || phase_ == phase::start) return {};
  const auto parsed = parse_view<wire::ServiceFrame>(received);
  if (!parsed) return end(refuse(parsed.fault()));
  return parsed->read([&](wire::ServiceFrame::Reader in) -> beat_effects {
    if (in.isFault()) return end(read_refusal(in.getFault()));
    if (phase_ == phase::hello && in.isHello()) {
      if (const auto same_major = check_hello(in.getHello()); !same_major)
        return end(refuse(same_major.fault()));
      phase_ = phase::open;
      beat_effects out;
      out.accepted = true;
      if (const auto says = in.getHello().getTimeMs(); says != 0) out.service_clock = wall_time{says};
      beat(now, out);
      return out;
    }
    if (phase_ == phase::open && in.isBeatReply()) return take_reply(in.getBeatReply(), now, random);
    if (phase_ == phase::open && in.isRenewed()) return take_renewed(in.getRenewed());
    if (phase_ == phase::open && in.isEvidenceTaken()) {
      beat_effects out;
      out.taken = attestation_number{in.getEvidenceTaken().getNumber()};
      return out;
    }
    return end(refuse({errc::malformed, "session: the service sent a frame out of turn"}));
  });
}

void beat_client::beat(boot_time now, beat_effects& out) {
  ++sequence_;
  open_ = true;
  sent_ = now;
  next_ = after(now, std::max(patience, 3 * interval()));
  for (auto& waiting : reports_) {
    out.send.push_back(report_frame(waiting.report));
    waiting.before_beat = std::min(waiting.before_beat, sequence_);
  }
  out.send.push_back(build<wire::AgentFrame>([&](wire::AgentFrame::Builder frame) {
    auto beat = frame.initBeat();
    beat.setSequence(sequence_);
    beat.setTrust(trust_);
  }));
}

beat_effects beat_client::on_time(boot_time now) {
  beat_effects out;
  if (now < next_ || phase_ == phase::start || phase_ == phase::over) return out;
  if (phase_ == phase::hello || open_)
    return end({wire::Fault::Code::TIMEOUT, "the service did not answer in time", {}});
  beat(now, out);
  return out;
}

beat_effects beat_client::take_reply(wire::BeatReply::Reader in, boot_time now, std::uint64_t random) {
  if (!open_ || in.getSequence() != sequence_)
    return end(refuse({errc::malformed, "session: a reply to a beat that was not sent"}));
  if (in.getCommands().size() > max_commands)
    return end(refuse({errc::limit, "session: the service sent too many commands"}));
  auto trust = read_trust(in.getTrust());
  if (!trust) return end(refuse(trust.fault()));
  open_ = false;
  interval_ = std::clamp(milliseconds{in.getIntervalMs()}, shortest_interval, longest_interval);
  const auto most_early = std::min(settings_.jitter, interval() / 4);
  const auto early = milliseconds{
      most_early.count() <= 0
          ? 0
          : static_cast<milliseconds::rep>(random % static_cast<std::uint64_t>(most_early.count() + 1))};
  next_ = std::max(now, after(sent_, interval() - early));

  beat_effects out;
  out.replied = true;
  out.trust = std::move(*trust);
  if (in.hasTuning()) out.tuning = read_tuning(in.getTuning());
  if (in.getReconnectSpreadMs() != 0)
    out.reconnect_spread = std::min(milliseconds{in.getReconnectSpreadMs()}, longest_spread);
  const auto confirmed = [&](const unconfirmed& one) { return one.before_beat <= sequence_; };
  for (const auto& one : reports_)
    if (confirmed(one)) out.delivered.push_back(one.report.id);
  std::erase_if(reports_, confirmed);
  if (in.hasChallenge()) {
    auto challenge = read_challenge(in.getChallenge(), sent_);
    if (!challenge) return end(refuse(challenge.fault()));
    if (now < challenge->deadline) out.challenge = std::move(*challenge);
  }
  for (const auto one : in.getCommands()) {
    if (auto known = read_command(one, sent_)) {
      out.commands.push_back(std::move(*known));
      continue;
    }
    auto refused = on_report(
        {command_id{one.getId()}, command_outcome::unsupported, "this agent does not know that command"});
    std::ranges::move(refused.send, std::back_inserter(out.send));
  }
  if (log_heads_.take(bytes_of(in.getLogHead()))) out.log_heads = log_heads_.encode();
  return out;
}

beat_effects beat_client::take_renewed(wire::Renewed::Reader in) {
  if (in.getNodeChain().size() > max_chain) return end(refuse({errc::limit, "renewal: more than 8 issuers"}));
  beat_effects out;
  if (in.getRetryAfterMs() != 0) {
    out.renewal_retry = std::chrono::milliseconds{in.getRetryAfterMs()};
    return out;
  }
  out.renewed.emplace();
  out.renewed->node_certificate = to_bytes(bytes_of(in.getNodeCertificate()));
  for (const auto one : in.getNodeChain())
    out.renewed->node_chain.push_back(to_bytes(bytes_of(one)));
  return out;
}

// The reply to the next beat confirms it, because the service reads frames in order.
beat_effects beat_client::on_report(errand_report report) {
  beat_effects out;
  if (phase_ == phase::over) return out;
  if (phase_ == phase::open) out.send.push_back(report_frame(report));
  std::erase_if(reports_, [&](const unconfirmed& one) { return one.report.id == report.id; });
  reports_.push_back({std::move(report), sequence_ + 1});
  return out;
}

beat_effects beat_client::on_renewal_due() {
  beat_effects out;
  if (phase_ == phase::open)
    out.send.push_back(build<wire::AgentFrame>([](auto frame) { frame.initRenew(); }));
  return out;
}

} // namespace muster::node
