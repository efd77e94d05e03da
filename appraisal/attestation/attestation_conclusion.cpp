// The second half of running_attestation: the conclusion once all evidence has arrived.
#include "appraisal/attestation/appraise_outcome.hpp"
#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/attestation/boot_story.hpp"
#include "appraisal/attestation/outdated_claims.hpp"
#include "appraisal/attestation/running_attestation.hpp"
#include "appraisal/attestation/unproven.hpp"
#include "appraisal/boot/appraise_after_log.hpp"
#include "appraisal/boot/boot_words.hpp"
#include "appraisal/verdict/evidence_finding.hpp"
#include "settings/policy_document.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/evidence/counters.hpp"

#include <algorithm>
#include <iterator>

namespace muster::appraisal {

namespace {

/// "PCR 4, PCR 7"
std::string pcrs_in(std::uint32_t mask) {
  std::string out;
  for (unsigned i = 0; i < tpm::pcr_count; ++i)
    if ((mask >> i & 1U) != 0) out += (out.empty() ? "PCR " : ", PCR ") + std::to_string(i);
  return out;
}

/// "PCR 0 (sha256:9843d5...), PCR 4": with the values that a policy may bind, since nothing else shows them.
std::string values_in(std::uint32_t mask, const tpm::pcr_values& quoted) {
  std::string out;
  for (unsigned i = 0; i < tpm::pcr_count; ++i) {
    if ((mask >> i & 1U) == 0) continue;
    out += (out.empty() ? "" : ", ") + pcrs_in(1U << i);
    const auto value = quoted.get(hash_algorithm::sha256, i);
    if ((settings::bindable_pcrs >> i & 1U) != 0 && !value.empty())
      out += " (" + digest_text(hash_algorithm::sha256, crypto::digest{value}) + ")";
  }
  return out;
}

bool same_counters(const tpm::clock_info& a, const tpm::clock_info& b) noexcept {
  return a.reset_count == b.reset_count && a.restart_count == b.restart_count;
}

/// Whether PCR 0 to 9 have kept their values, in each bank that both have.
bool boot_pcrs_hold(const tpm::pcr_values& before, const tpm::pcr_values& now) {
  constexpr unsigned last_boot_pcr = 9;
  for (const auto& bank : now.present())
    for (unsigned pcr = 0; pcr <= last_boot_pcr; ++pcr) {
      const auto from = before.get(bank.algorithm, pcr);
      const auto to = now.get(bank.algorithm, pcr);
      if (!from.empty() && !to.empty() && !same(from, to)) return false;
    }
  return true;
}

/// Replays the first `recorded.entries` entries of the IMA log and compares the values with those on record.
status replays_to(const tpm::log_state& recorded, tpm::log_state start, const tpm::verified_ima& ima,
                  const tpm::pcr_selection& quoted) {
  start.padded_banks = ima.state().padded_banks;
  auto replay = tpm::ima_replay::begin(start, quoted);
  if (!replay) return replay.fault();
  tpm::ima_walk walk{ima};
  while (replay->entries() < recorded.entries) {
    const auto* entry = walk.next();
    if (entry == nullptr)
      return fault{errc::conflict, "ima-log: the log is shorter than it was earlier in this boot"};
    if (auto extended = replay->extend(*entry); !extended) return extended;
  }
  for (const auto& lane : replay->lanes())
    for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr) {
      const auto before = recorded.values.get(lane.bank, pcr);
      const bool of_ima = ((recorded.ima_pcrs & lane.quoted) >> pcr & 1U) != 0;
      if (of_ima && !before.empty() && !same(before, lane.values[pcr].view()))
        return fault{errc::conflict, "ima-log: the log contradicts what was verified earlier in this boot"};
    }
  return {};
}

} // namespace

attestation_outcome running_attestation::failure(const fault& why) const {
  attestation_outcome out;
  out.end = attestation_end::failed;
  out.what = occasion::failed;
  out.must_enrol = went_back_;
  out.findings.push_back(evidence_finding(why));
  return out;
}

attestation_outcome running_attestation::ask_again(std::string reason) const {
  attestation_outcome out;
  out.end = attestation_end::again;
  out.booted = booted_;
  out.reason = std::move(reason);
  out.ended = ended_;
  out.uncovered = reported_;
  out.uncovered_from = first_entry_wanted(inputs_.challenge, inputs_.recorded.get());
  if (auto bad = unproven(reported_)) out.findings.push_back(*std::move(bad));
  return out;
}

std::optional<finding> running_attestation::unproven(std::span<const tpm::ima_run> told) const {
  // A caller that verifies stored evidence again already has the decision on it.
  if (inputs_.policy == nullptr || inputs_.challenge.logs == logs_wanted::re_verify) return std::nullopt;
  return appraise_reported(told, first_entry_wanted(inputs_.challenge, inputs_.recorded.get()),
                           {inputs_.reference.get(), inputs_.staged.get()}, *inputs_.policy, inputs_.seed,
                           inputs_.budget);
}

/// Keeps only the bad news of an outcome that cost too much.
attestation_outcome running_attestation::within_budget(attestation_outcome out) const {
  if (!inputs_.budget.over() || out.end == attestation_end::failed) return out;
  auto over = failure(over_budget());
  if (auto bad = unproven_finding(out.findings)) over.findings.push_back(*std::move(bad));
  return over;
}

attestation_outcome running_attestation::finish() && {
  const cpu_turn counted{inputs_.budget};
  return within_budget(finish_now());
}

std::optional<attestation_outcome> running_attestation::cut_off() && {
  const cpu_turn counted{inputs_.budget};
  if (!quote_) return std::nullopt; // nothing that is this machine's word
  auto bad = unproven(reported_);
  if (!bad && !ended_) return std::nullopt;
  attestation_outcome out;
  out.end = bad ? attestation_end::failed : attestation_end::again;
  out.ended = ended_;
  if (bad) out.findings.push_back(*std::move(bad));
  return out;
}

attestation_outcome running_attestation::finish_now() {
  if (broken_) return failure(*broken_);
  if (!again_.empty()) return ask_again(again_);
  if (!quote_) return failure({errc::malformed, "evidence: it ended before part 0 came"});

  auto ima = finish_ima();
  if (!ima) {
    if (increment()) return ask_again(ima.fault().check);
    return lost_list(ima.fault()) ? list_lost() : failure(ima.fault());
  }
  const auto goes_on = continuity_of(*ima);
  const auto moves = moves_in_boot(*ima, goes_on);
  if (increment()) {
    if (!moves.followed) return ask_again("a PCR of the boot changed, or the list of quoted PCRs did");
    return conclude(*ima, nullptr, moves, goes_on);
  }
  if (auto prefix = check_recorded_prefix(*ima); !prefix)
    return another_kernel() ? list_lost() : failure(prefix.fault());
  auto log = verify_boot(*ima);
  if (!log) return failure(log.fault());
  return conclude(*ima, *log ? &**log : nullptr, moves, goes_on);
}

/// Whole logs do not excuse a change of a PCR since the record: a boot log that lists the change now has been
/// altered.
boot_moves running_attestation::moves_in_boot(const tpm::verified_ima& ima, continuity goes_on) const {
  if (goes_on != continuity::same_boot) return {};
  return moves_since(*inputs_.recorded, ima.state(), pcrs_given_to_ima());
}

/// Whether the machine reports another kernel, though the TPM was not reset.
bool running_attestation::another_kernel() const {
  const auto* recorded = inputs_.recorded.get();
  return recorded != nullptr && same_counters(quote_->clock(), recorded->clock)
         && manifest_.boot != recorded->boot;
}

/// Whether the list does not lead to the quoted PCR 10 because another kernel runs. If the PCR values sent
/// with the quote are not the quoted ones, a mismatch says nothing about the list.
bool running_attestation::lost_list(const fault& why) const {
  return why.code == errc::mismatch && another_kernel() && tpm::matches(*quote_, *hints_);
}

/// No later evidence can show what ran before and in which order. Only a reset of the TPM ends that.
attestation_outcome running_attestation::list_lost() const {
  attestation_outcome out;
  out.end = attestation_end::failed;
  out.what = occasion::failed;
  finding f;
  f.kind = finding_kind::event;
  f.level = severity::failure; // no policy weighs it
  f.check = "event.kexec-lost-list";
  f.subject = "IMA log";
  f.sentence = "The kernel was replaced without a reset of the TPM, and the IMA list does not continue from "
               "what was verified before: it is unknown what ran in this boot.";
  f.remedy = "reboot the machine through its firmware; or forbid kexec (kernel.kexec_load_disabled=1), "
             "because Debian's kernels do not hand the list over";
  out.findings.push_back(std::move(f));
  return out;
}

std::uint32_t running_attestation::pcrs_given_to_ima() const noexcept {
  const auto said = inputs_.policy == nullptr ? 0 : inputs_.policy->ima_pcrs;
  return (said & quote_->selection().mask_of(hash_algorithm::sha256)) | tpm::default_ima_pcrs;
}

/// Evidence on record was accepted under the policy of its time. Whoever reads it again judges each of these
/// PCRs by the policy in force, under which an unbound value is a failure (by_value.hpp).
std::uint32_t running_attestation::pcrs_by_value(const tpm::pcr_values& quoted) const noexcept {
  if (inputs_.challenge.logs == logs_wanted::re_verify) return settings::bindable_pcrs;
  return bound_pcrs(inputs_.policy->bound, quoted);
}

result<tpm::verified_ima> running_attestation::finish_ima() {
  if (!ima_)
    if (auto begun = begin_ima(); !begun)
      return begun.fault(); // no part of the IMA log came: it may be empty
  return std::move(*ima_).finish();
}

/// While the TPM counts no reset, verified entries must not change. The kernel's boot id is the machine's
/// word and excuses nothing.
status running_attestation::check_recorded_prefix(const tpm::verified_ima& ima) const {
  const auto* recorded = inputs_.recorded.get();
  if (recorded == nullptr || !same_counters(quote_->clock(), recorded->clock)) return {};
  return replay_recorded_prefix(ima);
}

status running_attestation::replay_recorded_prefix(const tpm::verified_ima& ima) const {
  const auto* recorded = inputs_.recorded.get();
  if (ima.state().entries < recorded->ima.entries)
    return fault{errc::conflict, "ima-log: the log is shorter than it was earlier in this boot"};
  auto start = tpm::first_log_state(quote_->selection());
  if (!start) return start.fault();
  return replays_to(recorded->ima, *std::move(start), ima, quote_->selection());
}

/// Root can suspend the machine at any time, which counts a restart, so a restart alone does not end a boot.
/// A TPM that starts with cleared PCRs after a suspend counts a restart too. In that case PCR 10 starts
/// again, and the recorded list does not lead to the recorded value.
continuity running_attestation::continuity_of(const tpm::verified_ima& ima) const {
  const auto* recorded = inputs_.recorded.get();
  if (recorded == nullptr || recorded->clock.reset_count != quote_->clock().reset_count)
    return continuity::another_boot;
  if (same_counters(quote_->clock(), recorded->clock)) return continuity::same_boot;
  return boot_pcrs_hold(recorded->ima.values, ima.state().values) && replay_recorded_prefix(ima)
             ? continuity::same_boot
             : continuity::another_boot;
}

result<std::optional<tpm::verified_boot_log>>
running_attestation::verify_boot(const tpm::verified_ima& ima) const {
  if (!event_log_) return std::optional<tpm::verified_boot_log>{};
  // Into which PCR an entry went is the list's word: no entry takes a PCR out of the boot log's judgement.
  auto log = tpm::verify_boot_log(*event_log_, ima.pcrs(), tpm::default_ima_pcrs);
  // A log that has no bank in common with the quote tells nothing: as good as none.
  if (!log && log.fault().code == errc::unsupported) return std::optional<tpm::verified_boot_log>{};
  if (!log) return log.fault();
  if (const auto of_ima = log->contradicted() & ima.state().ima_pcrs; of_ima != 0)
    return fault{errc::mismatch,
                 "boot-log: the log has events of " + pcrs_in(of_ima) + ", which only IMA may extend"};
  if (const auto refused = log->contradicted() & ~pcrs_by_value(ima.pcrs().values()); refused != 0)
    return fault{errc::mismatch, "boot-log: the log does not lead to the quoted value of "
                                     + values_in(refused, ima.pcrs().values())};
  return std::optional<tpm::verified_boot_log>{*std::move(log)};
}

attestation_outcome running_attestation::conclude(const tpm::verified_ima& ima,
                                                  const tpm::verified_boot_log* log, const boot_moves& moves,
                                                  continuity goes_on) {
  const auto* recorded = inputs_.recorded.get();
  attestation_outcome out;
  out.end = attestation_end::verified;
  out.what = increment() ? occasion::increment : occasion::full_log;
  if (!increment()
      && (recorded == nullptr
          || tpm::compare_counters(recorded->clock, *quote_) == tpm::boot_change::new_boot))
    out.what = occasion::new_boot;
  out.boot = recorded_boot{manifest_.boot, quote_->clock(), ima.state(), manifest_.boot_log,
                           increment() ? recorded->pins : digest_of_pins(inputs_.policy->signatures)};
  out.boot->aggregate_bank = increment() ? recorded->aggregate_bank : tpm::aggregate_bank_of(ima);
  if (log != nullptr)
    out.boot->after_log = log->after_log();
  else if (goes_on == continuity::same_boot && recorded->after_log)
    out.boot->after_log = moves.after_log;
  // Silence about the log does not make room for another one.
  if (goes_on == continuity::same_boot && !manifest_.boot_log) out.boot->boot_log = recorded->boot_log;

  if (!increment()) {
    const bool unused = log == nullptr && event_log_.has_value();
    out.claims = claims_from_evidence(log, ima, unused ? unused_log_of(*event_log_) : unused_log::none);
  }
  // In the same boot the list was led to the recorded values at the recorded entry: its entries are the same.
  const bool repeats = !increment() && goes_on == continuity::same_boot && out.boot->pins == recorded->pins;
  claims_mark known{repeats ? recorded->ima.entries : 0};
  if (!append_claims(out.files, ima, inputs_.policy->signatures, inputs_.budget, &known))
    return failure({errc::limit, "ima-log: the log has more than can be stored"});
  out.known_claims = known.claims;
  auto events = kexec_findings(ima);
  std::ranges::move(appraise_boot_story(recorded, {quote_->clock(), goes_on, manifest_.boot_log, log},
                                        {inputs_.reference.get(), inputs_.staged.get()}),
                    std::back_inserter(events));
  if (out.boot->after_log)
    std::ranges::move(restart_findings(*out.boot->after_log), std::back_inserter(events));
  if (inputs_.challenge.logs == logs_wanted::re_verify) { // the caller judges it
    out.findings = std::move(events);
    return out;
  }
  const reference_choice reference{inputs_.reference.get(), inputs_.staged.get()};
  out.findings = std::move(events);
  std::ranges::move(unexplained_moves(moves.unexplained, reference), std::back_inserter(out.findings));
  if (increment())
    if (auto behind = outdated_claims(ima, moves)) out.findings.push_back(*std::move(behind));
  out.ended = ended_;
  out.uncovered = ima.unread_rest();
  out.uncovered_from = ima.state().entries;
  appraise_outcome(out, reference, *inputs_.policy, inputs_.seed, inputs_.budget);
  if (!increment() && manifest_.boot_log)
    out.boot_log = frame::adopt(std::move(boot_log_)); // views into it stay valid
  out.ima_log = cut_log(ima.runs());
  return out;
}

} // namespace muster::appraisal
