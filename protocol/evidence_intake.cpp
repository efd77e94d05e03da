#include "protocol/evidence_intake.hpp"

#include "appraisal/attestation/unproven.hpp"
#include "messages/view.hpp"

#include <algorithm>
#include <iterator>

namespace muster::service {

namespace {

/// What a waiting part costs besides its bytes, so that many small ones count as well.
constexpr std::size_t part_overhead = 256;

/// How much goes to the Verifier in one step, so that other sessions get their turn: at least one part, and
/// more while their bytes stay within this.
constexpr std::size_t max_step = std::size_t{64} * 1024;

std::shared_ptr<const node_evidence> evidence_of(wire::Evidence::Reader in, const challenge& asked,
                                                 const evidence_channel& channel, byte_view ak_public) {
  auto out = std::make_shared<node_evidence>();
  out->manifest = to_bytes(bytes_of(in.getManifest()));
  out->attest = to_bytes(bytes_of(in.getAttest()));
  out->signature = to_bytes(bytes_of(in.getSignature()));
  out->nonce = asked.issue.nonce;
  out->exporter = channel.exporter;
  out->node_spki = channel.node_spki;
  out->ak_public = to_bytes(ak_public);
  for (const auto pcr : in.getPcrs()) {
    const auto bank = hash_algorithm_from(pcr.getAlgorithm());
    if (bank && pcr.getIndex() < tpm::pcr_count && pcr.getValue().size() == digest_size(*bank))
      out->pcrs.push_back({*bank, pcr.getIndex(), crypto::digest{bytes_of(pcr.getValue())}});
  }
  return out;
}

std::size_t cost_of(const frame& part) { return part.view().size() + part_overhead; }

/// Nothing follows `parts`: what the machine sent is judged for bad news.
agent_effects::ask_step last_step(attestation_number number,
                                  std::shared_ptr<appraisal::running_attestation> attestation,
                                  std::deque<frame>& parts) {
  evidence_parts last{std::move(attestation), {}, true};
  std::ranges::move(parts, std::back_inserter(last.parts));
  parts.clear();
  return {number, std::move(last)};
}

} // namespace

void evidence_intake::begin(const challenge& asked, decision_request request,
                            std::shared_ptr<appraisal::running_attestation> from) {
  running_.emplace(running{asked, std::move(request), std::move(from)});
}

bool evidence_intake::belongs(wire::AgentFrame::Reader in) const {
  if (!running_ || running_->last_seen) return false;
  const auto number = in.isEvidence() ? in.getEvidence().getNumber() : in.getLogPart().getNumber();
  if (number != running_->request.number.value) return false;
  return in.isEvidence() ? running_->next_part == 0 : running_->next_part != 0;
}

status evidence_intake::take(const frame& received, wire::AgentFrame::Reader in,
                             const evidence_channel& channel, byte_view ak_public) {
  auto& one = *running_;
  if (in.isEvidence()) {
    one.request.evidence = evidence_of(in.getEvidence(), one.asked, channel, ak_public);
    one.last_seen = in.getEvidence().getLast();
  } else {
    if (in.getLogPart().getPart() != one.next_part)
      return fault{errc::malformed, "log part: not the next one"};
    // Nothing appraises a log of another kind: it must not pass for one of these.
    if (in.getLogPart().getLog() > wire::LogPart::Log::IMA)
      return fault{errc::malformed, "log part: of a log that this version does not know"};
    one.received += in.getLogPart().getBody().size();
    one.last_seen = in.getLogPart().getLast();
  }
  one.next_part += 1;
  one.waiting.push_back(received);
  one.backlog += cost_of(received);
  one.held += cost_of(received);
  return {};
}

void evidence_intake::next_step(agent_effects& out) {
  if (!running_ || !running_->attestation || running_->waiting.empty()) return;
  evidence_parts step{std::exchange(running_->attestation, nullptr), {}};
  auto& waiting = running_->waiting;
  for (std::size_t size = 0; !waiting.empty(); waiting.pop_front()) {
    size += waiting.front().view().size();
    if (size > max_step && !step.parts.empty()) break;
    running_->backlog -= cost_of(waiting.front());
    step.parts.push_back(std::move(waiting.front()));
  }
  out.asks.emplace_back(agent_effects::ask_step{running_->request.number, std::move(step)});
}

void evidence_intake::on_step(attestation_number number, result<evidence_step> answer, agent_effects& out) {
  const auto is_it = [number](const given_up& one) { return one.request.number == number; };
  if (const auto one = std::ranges::find_if(given_up_, is_it); one != given_up_.end())
    return on_given_up(one, std::move(answer), out);
  if (!awaits() || !runs(number)) return;
  if (!answer) {
    out.note = answer.fault().check;
    running_.reset();
    return;
  }
  if (!answer->outcome) {
    running_->attestation = std::move(answer->attestation);
    return next_step(out);
  }
  running_->deciding = true;
  running_->last_seen = true;
  running_->waiting.clear();
  running_->backlog = 0;
  auto request = running_->request;
  request.outcome = std::move(answer->outcome);
  out.asks.emplace_back(agent_effects::ask_decide{std::move(request)});
}

void evidence_intake::give_up(agent_effects& out) {
  if (!running_) return;
  auto was = *std::exchange(running_, std::nullopt);
  if (was.deciding || !was.request.evidence) return;
  auto& one = given_up_.emplace_back(given_up{std::move(was.request), std::move(was.waiting), was.held});
  // Null: the Verifier has it, and will give it back with its answer.
  if (was.attestation != nullptr)
    out.asks.emplace_back(last_step(one.request.number, std::move(was.attestation), one.waiting));
}

void evidence_intake::on_given_up(std::vector<given_up>::iterator one, result<evidence_step> answer,
                                  agent_effects& out) {
  if (answer && answer->attestation) {
    out.asks.emplace_back(last_step(one->request.number, std::move(answer->attestation), one->waiting));
    return;
  }
  auto request = std::move(one->request);
  given_up_.erase(one);
  if (!answer) return;
  request.outcome = appraisal::bad_news_of(std::move(answer->outcome));
  if (request.outcome == nullptr) return;
  request.bad_news = true;
  out.note = "evidence that was not brought to its end is bad news";
  out.asks.emplace_back(agent_effects::ask_decide{std::move(request)});
}

void evidence_intake::wait(boot_time now) {
  if (running_ && !running_->waits_since) running_->waits_since = now;
}

void evidence_intake::resume(boot_time now) {
  if (!running_ || !running_->waits_since) return;
  running_->waited += now.milliseconds - std::exchange(running_->waits_since, std::nullopt)->milliseconds;
}

std::optional<std::uint64_t> evidence_intake::overdue(boot_time now, std::chrono::milliseconds deadline,
                                                      std::uint64_t least_rate) const {
  if (!awaits() || running_->waits_since) return std::nullopt;
  const auto earned = running_->received * 1000 / least_rate;
  const auto allowed = static_cast<std::uint64_t>(deadline.count()) + earned + running_->waited;
  if (now.milliseconds < running_->asked.issued.milliseconds + allowed) return std::nullopt;
  return allowed;
}

std::size_t evidence_intake::held() const noexcept {
  std::size_t out = running_ ? running_->held : 0;
  for (const auto& one : given_up_)
    out += one.held;
  return out;
}

} // namespace muster::service
