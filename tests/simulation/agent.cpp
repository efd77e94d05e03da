#include "tests/simulation/agent.hpp"

#include "messages/view.hpp"
#include "tests/liar/account.hpp"
#include "tests/liar/answer.hpp"
#include "tests/liar/soft_answer.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace muster::simulation {

using namespace std::chrono_literals;

namespace {

/// The service may have dropped part of evidence that comes later than this.
constexpr std::uint64_t evidence_deadline_ms = 5000;

bool happens(world& in, std::size_t one_in) { return one_in != 0 && in.dice().one_in(one_in); }

/// Both ends compute the same value.
bytes32 exporter_of(std::uint64_t pipe) {
  return crypto::sha256(as_bytes("exporter " + std::to_string(pipe)));
}

} // namespace

void agent_state::begin(self_pointer self, surroundings& around, const two_homes& of, agent_view& seen) {
  self_ = self;
  around_ = &around;
  host_ = of.host;
  machine_ = of.machine;
  seen_ = &seen;
  facts_ = bench::machine_facts();
  come_back_in(0ms);
}

node_history& agent_state::history() { return around_->book.nodes[machine_->keys.id()]; }

void agent_state::come_back_in(std::chrono::milliseconds pause) {
  self_->delayed_send(self_, pause, go_atom::value, ++round_);
}

void agent_state::go(std::uint64_t round) {
  if (round != round_ || left_) return;
  if (phase_ == phase::away) return connect();
  if (!evidence_.empty()) return send_evidence();
  if (phase_ == phase::open) live();
}

void agent_state::connect() {
  if (around_->service == nullptr) return come_back_in(500ms);
  pipe_ = net::pipe_id{++around_->pipes};
  host_->keys.be_in(host_->real.id, machine_->real.tpm.clock());
  channel_identity who;
  who.peer.protocol = host_->enrolled ? net::tls_protocol::agent : net::tls_protocol::enrol;
  who.peer.role = host_->enrolled ? net::peer_role::node : net::peer_role::stranger;
  if (host_->enrolled) who.peer.id = to_string(host_->keys.id());
  who.peer.spki = host_->keys.tls_key().pub().spki();
  who.exporter = exporter_of(pipe_.value);
  who.service_spki = shared_stock().keys->service_key.pub().spki();
  binding_ = {who.peer.spki, who.service_spki, who.exporter};
  reader_.emplace(net::max_payload_of(who.peer.protocol));
  phase_ = host_->enrolled ? phase::greeting : phase::enrolling;
  if (host_->enrolled) seen_->greeting = host_->real.id;
  session_of_ = around_->book.process;
  restores_then_ = around_->book.restores;
  const tcp_address from{"192.0.2.1", static_cast<std::uint16_t>(1000 + pipe_.value % 60'000)};
  session_ = around_->service->open({pipe_, self_, net::peer_origin::of_network(from, {})}, std::move(who));
  say(host_->enrolled ? bench::agent_hello(host_->keys, host_->heads.encode()) : bench::stranger_hello());
}

void agent_state::say(bytes payload) {
  self_->send(session_, net::pipe_data{pipe_, net::share(net::make_frame(payload))});
}

/// Tells the session that the pipe is gone, and schedules a reconnect.
void agent_state::lose(net::pipe_end why) {
  if (phase_ == phase::away) return;
  if (session_) self_->send(session_, net::pipe_closed{pipe_, why});
  session_ = nullptr;
  phase_ = phase::away;
  seen_->connected = false;
  seen_->greeting.reset();
  seen_->beats_unanswered = 0;
  evidence_.clear();
  late_reply_ = false;
  telling_ = 0;
  come_back_in(std::chrono::milliseconds{around_->in.dice().below(1500)});
}

void agent_state::service_gone() {
  session_ = nullptr;
  lose(net::pipe_end::broken);
}

void agent_state::leave() {
  left_ = true;
  history().second_host = false;
  lose(net::pipe_end::broken);
}

void agent_state::closed(net::pipe_id pipe) {
  if (pipe == pipe_) lose(net::pipe_end::by_owner);
}

void agent_state::received(const net::pipe_send& chunk) {
  if (chunk.pipe != pipe_ || phase_ == phase::away) return;
  std::vector<bytes> frames;
  REQUIRE(reader_->feed(*chunk.chunk, frames).ok());
  for (auto& one : frames) {
    const auto whole = frame::adopt(std::move(one));
    if (phase_ == phase::away) return;
    if (phase_ == phase::enrolling)
      take_enrolment(whole);
    else
      take(whole);
  }
}

void agent_state::take_fault(wire::Fault::Reader in) {
  using code = wire::Fault::Code;
  const bool denied = in.getCode() == code::DENIED;
  const bool superseded = in.getCode() == code::SUPERSEDED && phase_ == phase::open;
  if (denied || in.getCode() == code::UNKNOWN) host_->enrolled = false;
  // Admissions of one TPM are rationed. More attempts by a second host would use up those of the machine.
  if (host_ != machine_ && !host_->enrolled && ++refusals_ > 2) return leave();
  const bool answered_late = late_reply_ && seen_->beats_unanswered != 0;
  if (superseded && answered_late && around_->calm) history().alarm_due = true;
  lose(net::pipe_end::by_peer);
  if (denied) come_back_in(5s);
  // The real agent waits minutes.
  if (superseded) come_back_in(std::chrono::milliseconds{2000 + around_->in.dice().below(3000)});
}

void agent_state::take_enrolment(const frame& received) {
  const auto parsed = parse_view<wire::EnrolmentFrame>(received);
  REQUIRE(parsed.ok());
  parsed->read([&](wire::EnrolmentFrame::Reader in) {
    if (in.isHello()) return say(bench::enrol_request(host_->keys, shared_stock().intermediate, facts_));
    if (in.isChallenge()) {
      auto proof = bench::enrol_proof(host_->keys, in.getChallenge(), binding_, facts_);
      REQUIRE(proof.ok());
      return say(std::move(*proof));
    }
    if (in.isFault()) return take_fault(in.getFault());
    host_->enrolled = in.isAdmitted();
    lose(net::pipe_end::by_peer);
    if (!host_->enrolled) come_back_in(2s);
  });
}

void agent_state::take(const frame& received) {
  const auto parsed = parse_view<wire::ServiceFrame>(received);
  REQUIRE(parsed.ok());
  parsed->read([&](wire::ServiceFrame::Reader in) {
    if (in.isFault()) return take_fault(in.getFault());
    if (in.isHello()) {
      phase_ = phase::open;
      seen_->connected = true;
      seen_->greeting.reset();
      if (host_->has_lost_head && restores_then_ == around_->book.restores) around_->book.loss.shown();
      return beat();
    }
    if (in.isEvidenceTaken()) {
      if (in.getEvidenceTaken().getNumber() == telling_ && told_in_ == machine_->boots
          && restores_then_ == around_->book.restores)
        history().told.insert(told_of_.begin(), told_of_.end());
      return;
    }
    if (in.isBeatReply()) take_reply(in.getBeatReply());
  });
}

void agent_state::take_head(byte_view head) {
  if (!host_->heads.take(head)) return;
  host_->restores_before_head = restores_then_;
  // The newest head outgrew the lost one, which was the largest until now and is dropped.
  if (crypto::parse_log_heads(host_->heads.encode())->size() == 1) host_->has_lost_head = false;
}

void agent_state::take_reply(wire::BeatReply::Reader in) {
  seen_->beats_unanswered = 0;
  late_reply_ = in.getReconnectSpreadMs() == 0; // the reply of a session that was superseded
  take_head(bytes_of(in.getLogHead()));
  if (in.hasChallenge()) {
    const auto asked = bench::read_challenge(in.getChallenge());
    REQUIRE(asked.ok());
    answer(*asked);
  }
  come_back_in(std::chrono::milliseconds{in.getIntervalMs()});
  if (!evidence_.empty()) send_evidence();
}

void agent_state::answer(const bench::order& asked) {
  auto& real = machine_->real;
  real.tpm.wait(10);
  auto told = liar::honest_account(real);
  told.id = host_->real.id;
  const service::evidence_channel with{host_->keys.id(), binding_.node_spki, binding_.exporter, told.id};
  const auto made = liar::answer_to(liar::challenge_of(asked), with, asked.ima_first, told, real.tpm,
                                    liar::quoted_by(host_->keys));
  for (auto& one : bench::frames_of(asked, {muster::to_bytes(made.manifest.view()),
                                            {made.quote.attest, made.quote.signature},
                                            made.hints,
                                            made.boot_log,
                                            made.ima_log}))
    evidence_.push_back(std::move(one));
  telling_ = asked.number;
  asked_ms_ = history().challenged_ms = around_->in.now_ms();
  moves_ = history().moves;
  told_in_ = machine_->boots;
  told_of_ = {machine_->implants.begin(), machine_->implants.end()};
}

void agent_state::send_evidence() {
  const auto& mood = around_->mood;
  if (happens(around_->in, mood.breaks_off_one_in)) return lose(net::pipe_end::broken);
  if (happens(around_->in, mood.dawdles_one_in))
    return come_back_in(std::chrono::milliseconds{around_->in.dice().below(8000)});
  say(std::move(evidence_.front()));
  evidence_.pop_front();
  const bool in_time = around_->in.now_ms() - asked_ms_ < evidence_deadline_ms && moves_ == history().moves
                       && history().moving.empty();
  // A session reads no more evidence once another host has taken over.
  const bool heard =
      around_->service != nullptr && session_of_ == around_->book.process && !history().had_second_host;
  if (evidence_.empty() && told_in_ == machine_->boots && in_time && heard)
    history().delivered.insert(told_of_.begin(), told_of_.end());
  come_back_in(evidence_.empty() ? 1000ms : 0ms);
}

void agent_state::live() {
  const auto& mood = around_->mood;
  auto& in = around_->in;
  const bool own = host_ == machine_;
  if (own && happens(in, mood.implants_one_in))
    machine_->implant(machine_->name_of_implants() + std::to_string(in.steps()));
  if (own && happens(in, mood.reboots_one_in)) {
    machine_->reboot();
    history().told.clear();
    history().delivered.clear();
    return lose(net::pipe_end::broken);
  }
  if (happens(in, mood.drops_one_in)) return lose(net::pipe_end::broken);
  beat();
}

void agent_state::beat() {
  ++seen_->beats_unanswered;
  say(bench::beat(++sequence_));
  come_back_in(3s); // a reply that comes first replaces this
}

agent_actor::behavior_type agent(agent_state::self_pointer self, surroundings* around, two_homes of,
                                 agent_view* seen) {
  self->state.begin(self, *around, of, *seen);
  return {
      [self](const net::pipe_send& chunk) { self->state.received(chunk); },
      [](const net::pipe_credit&) {},
      [](const net::pipe_ready&) {},
      [](const net::pipe_silence&) {},
      [self](const net::pipe_close& at) { self->state.closed(at.pipe); },
      [self](go_atom, std::uint64_t round) { self->state.go(round); },
      [self](gone_atom) { self->state.service_gone(); },
      [self](leave_atom) { self->state.leave(); },
  };
}

} // namespace muster::simulation
