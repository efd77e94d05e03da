#include "tests/liar/judge.hpp"

#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/record_codec.hpp"
#include "standing/decision.hpp"
#include "standing/record_appraiser.hpp"
#include "standing/recorded_boot.hpp"
#include "standing/whole_logs.hpp"

namespace muster::liar {

using namespace service;

namespace {

constexpr std::uint64_t hours = 3'600'000;

} // namespace

judge::judge(std::shared_ptr<const testing::soft_tpm> key, context_ptr context, std::uint8_t number)
    : key_{std::move(key)}, ak_{std::make_shared<const tpm::trusted_ak>(key_->trusted())}, context_{std::move(
                                                                                               context)} {
  node_.id.raw.fill(number);
  node_.standing = standing::enrolled;
  node_.level = endorsement::vendor;
  node_.ak_public = muster::to_bytes(key_->ak().raw());
  node_.ek_public = muster::to_bytes(key_->ek().raw());
  node_.node_spki = bytes(91, 9);
  node_.group = context_->group;
  now_ = {{{3}}, {1000 * hours}, {1'700'000'000'000}};
  write_batch enrolment;
  enrolment.put<tables::nodes>(node_.id, to_record(node_));
  store_.apply(enrolment);
}

challenge judge::next_challenge(const node_state& state, const account& told, bool whole) {
  // Longer than the service's pause between two requests for whole logs.
  now_.boot.milliseconds += 2 * hours;
  now_.wall.milliseconds += 2 * hours;
  using appraisal::logs_wanted;
  whole = whole || whole_logs_due(state, *context_, told.id, now_.wall);
  return make_challenge(state, {++number_}, whole ? logs_wanted::whole : logs_wanted::increment, now_.boot);
}

evidence_channel judge::channel(const account& told) const {
  evidence_channel out{node_.id, node_.node_spki, {}, told.id};
  out.exporter.fill(8);
  return out;
}

std::shared_ptr<const appraisal::attestation_outcome> judge::verify(const challenge& asked,
                                                                    const node_state& state,
                                                                    const account& told,
                                                                    const answer& sent) const {
  using appraisal::log_kind;
  using appraisal::progress;
  const attachment with{
      {1}, node_.ak_public, std::make_shared<const node_state>(state), context_, node_.level};
  const auto running = begin_attestation(asked, *ak_, with, channel(told), {}, {});
  auto on = running->take_part0(sent.manifest, sent.quote.attest, sent.quote.signature, sent.hints);
  if (on == progress::more && !sent.boot_log.empty())
    on = running->take_log_part(log_kind::boot, sent.boot_log);
  if (on == progress::more && !sent.ima_log.empty()) running->take_log_part(log_kind::ima, sent.ima_log);
  return std::make_shared<const appraisal::attestation_outcome>(std::move(*running).finish());
}

/// Returns whether the service asks for whole logs next.
bool judge::attest_once(const account& told, chip& tpm, bool whole) {
  tpm.wait(2 * hours);
  const auto before = state();
  const auto asked = next_challenge(before, told, whole);
  if (told.withholds && asked.issue.logs == appraisal::logs_wanted::whole) return false;
  const auto first = appraisal::first_entry_wanted(asked.issue, recorded_boot_of(before).get());
  const bool old = told.late && last_;
  auto sent = old ? last_
                  : std::make_shared<const answer>(
                      answer_to(asked, channel(told), first, told, tpm, quoted_by(*key_)));
  told_from_ = old ? std::nullopt : std::optional{first};
  last_ = sent;
  const decision_request request{node_.id,
                                 {1},
                                 asked.issue.number,
                                 asked.issued,
                                 context_,
                                 verify(asked, before, told, *sent),
                                 std::make_shared<const node_evidence>(),
                                 told.id,
                                 node_.generation,
                                 false,
                                 asked.issue.logs == appraisal::logs_wanted::whole,
                                 node_.group};
  const auto after = decide(before, node_, request, {}, now_);
  const node_entry on_record{std::make_shared<const node_record>(node_), {}};
  node_change change{node_.id, on_record, change_source::evidence};
  record_decision(change, before, after, node_, request, now_.wall);
  store_.apply(take_batch(on_record, change));
  return after.ask_full_log;
}

level judge::attest(const account& told, chip& tpm) {
  bool whole = false;
  // A service that never stops asking shows nothing new.
  for (int asked = 0; asked < 4; ++asked) {
    whole = attest_once(told, tpm, whole);
    if (!whole) break;
  }
  if (whole_logs_would_mend(state())) attest_once(told, tpm, false); // the service asks for them by itself
  // A record that was judged by an older version is judged again at once.
  if (state().boot_claims && state().appraisal_version != context_->version) return reappraise(context_);
  return shown();
}

level judge::hear_nothing() {
  now_.boot.milliseconds += 2 * hours;
  now_.wall.milliseconds += 2 * hours;
  return shown();
}

level judge::wait_for_lease_end() { return hear_nothing(); }

level judge::reappraise(context_ptr under) {
  context_ = std::move(under);
  const auto before = state();
  if (!before.boot_claims) return shown();
  record_appraiser appraiser{std::make_shared<const memory_store>(store_), context_};
  auto judged = appraiser.appraise(node_, before);
  if (!judged) return shown();
  const auto after = take_reappraisal(before, *context_, *std::move(judged), now_.wall);
  const node_entry on_record{std::make_shared<const node_record>(node_), {}};
  node_change change{node_.id, on_record, change_source::judgement};
  record_reappraisal(change, after, now_.wall);
  store_.apply(take_batch(on_record, change));
  return shown();
}

level judge::shown() const {
  const auto known = state();
  return level_of(shown_as(node_.standing, known.verdict, freshness_of(known.lease, now_)));
}

} // namespace muster::liar
