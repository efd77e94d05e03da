#include "cli/evidence/offline_evidence.hpp"

#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/boot/appraise_after_log.hpp"
#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/files/appraise_files.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "cli/files/output.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>
#include <iterator>

namespace muster::cli {

namespace {

/// The PCR values that the logs lead to: after the boot log, from that start of PCR 0, and after all readable
/// entries of `ima_log`.
std::optional<tpm::pcr_values> values_from_logs(const tpm::pcr_selection& quoted,
                                                const tpm::event_log* boot_log, std::uint8_t locality,
                                                byte_view ima_log) {
  auto out = tpm::values_after(boot_log, quoted, locality);
  const auto start = tpm::first_log_state(quoted);
  if (!out || !start) return std::nullopt;
  if (ima_log.empty()) return *std::move(out);
  auto replay = tpm::ima_replay::begin(*start, quoted);
  if (!replay) return std::nullopt;
  tpm::ima_log_reader reader;
  while (!ima_log.empty()) {
    tpm::ima_entry entry;
    const auto taken = reader.read(ima_log, entry);
    if (!taken || *taken == 0 || !replay->extend(entry)) break;
    ima_log = ima_log.subspan(*taken);
  }
  for (const auto& lane : replay->lanes())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if (((replay->ima_pcrs() & lane.quoted) >> i & 1U) != 0
          && !out->set(lane.bank, i, lane.values[i].view()))
        return std::nullopt;
  return *std::move(out);
}

std::string pcr_names(std::uint32_t mask) {
  std::string out;
  for (unsigned i = 0; i < tpm::pcr_count; ++i)
    if ((mask >> i & 1U) != 0) out += (out.empty() ? "PCR " : ", PCR ") + std::to_string(i);
  return out;
}

class verification {
public:
  explicit verification(const offline_inputs& in) : in_{in} {}

  offline_report run() {
    out_.without_nonce = in_.nonce.empty();
    if (check_quote() && check_pcrs() && check_ima() && check_boot()) remark();
    return std::move(out_);
  }

private:
  bool held(std::string name, std::string detail) {
    out_.checks.push_back({std::move(name), check_end::held, std::move(detail)});
    return true;
  }
  bool failed(std::string name, const fault& why) {
    out_.checks.push_back({std::move(name), check_end::failed, printable(why.check)});
    return false;
  }

  bool check_quote() {
    // The selection is the quote's own: offline, no challenge asked for one.
    const auto stated = tpm::parse_quote_attest(in_.attest);
    if (!stated) return failed("quote", stated.fault());
    auto quote = tpm::verify_quote({in_.attest, in_.signature}, in_.ak, tpm::binding{in_.nonce},
                                   stated->order.merged(), rules());
    if (!quote) return failed("quote", is_of_another_nonce(*stated) ? another_nonce(*stated) : quote.fault());
    out_.quote = *std::move(quote);
    return held("quote", in_.nonce.empty()
                             ? "signed by this AK without a nonce: nothing shows that it is not an old quote"
                             : "signed by this AK over this nonce");
  }

  /// Only a nonce that is said to be empty makes the rule of the empty one: a long nonce must not turn into it.
  tpm::quote_rules rules() const {
    auto out = tpm::offline_rules;
    if (in_.nonce.empty()) out.nonce = tpm::nonce_rule::may_be_empty;
    return out;
  }

  static tpm::quote_rules any_nonce() {
    auto out = tpm::offline_rules;
    out.nonce = tpm::nonce_rule::may_be_empty;
    return out;
  }
  /// Whether everything but the nonce holds: people type nonces, and mistype them.
  bool is_of_another_nonce(const tpm::quote_attest& stated) const {
    return !crypto::equal_constant_time(stated.extra_data, in_.nonce)
           && tpm::verify_quote({in_.attest, in_.signature}, in_.ak, tpm::binding{stated.extra_data},
                                stated.order.merged(), any_nonce())
                  .ok();
  }
  static fault another_nonce(const tpm::quote_attest& stated) {
    if (stated.extra_data.empty()) return {errc::mismatch, "nonce: signed by this AK, but without a nonce"};
    return {errc::mismatch, "nonce: signed by this AK, but over the nonce " + to_hex(stated.extra_data)
                                + ", not the one given"};
  }

  bool check_pcrs() {
    if (in_.event_log && !parse_boot_log()) return false;
    if (in_.pcrs) {
      values_ = *in_.pcrs;
    } else {
      if (!take_values_from_logs())
        return failed("pcrs", {errc::unsupported, "a quoted bank that cannot be computed here"});
      if (in_.ima_log) return true; // the log may run ahead of the quote; its own check decides
    }
    auto pcrs = tpm::verify_pcr_values(*out_.quote, values_);
    if (!pcrs) return failed("pcrs", with_hint(pcrs.fault()));
    pcrs_ = *std::move(pcrs);
    return held("pcrs", to_string(out_.quote->selection()));
  }

  /// The localities that PCR 0 may have started with. The quote chooses among them.
  std::vector<tpm::pcr0_start> starts() const {
    return boot_log_ ? tpm::possible_starts(*boot_log_) : std::vector<tpm::pcr0_start>{{}};
  }
  const tpm::event_log* boot_log() const { return boot_log_ ? &*boot_log_ : nullptr; }

  /// Takes the values that the quote confirms; if it confirms none, those of the most likely start.
  bool take_values_from_logs() {
    std::optional<tpm::pcr_values> first;
    for (const auto& start : starts()) {
      const auto given = values_from_logs(out_.quote->selection(), boot_log(), start.locality,
                                          in_.ima_log.value_or(byte_view{}));
      if (!given) return false;
      if (!first) first = given;
      if (!tpm::matches(*out_.quote, *given)) continue;
      first = given;
      break;
    }
    values_ = *first;
    return true;
  }

  /// The boot log of a unified kernel image ends before systemd extends PCR 11.
  fault with_hint(fault why) const {
    const auto goes_on = [](const tpm::logged_event& event) {
      return event.measured() && event.pcr == tpm::phase_pcr;
    };
    if (!in_.pcrs && boot_log_ && std::ranges::any_of(boot_log_->events(), goes_on))
      why.check += " (systemd extends PCR 11 after this boot log ended: give the PCR values with --pcrs)";
    return why;
  }

  /// Some kernels show an empty file where the firmware handed over no log. The agent does not send it, so it
  /// counts here as no log, too.
  bool parse_boot_log() {
    if (in_.event_log->empty()) return held("event-log", "the file is empty: the machine has no boot log");
    auto log = tpm::parse_event_log(*in_.event_log);
    if (!log) return failed("event-log", log.fault());
    boot_log_ = *std::move(log);
    return true;
  }

  bool covers_ima() const {
    const auto& quoted = out_.quote->selection();
    return std::any_of(quoted.begin(), quoted.end(),
                       [](const tpm::pcr_bank& bank) { return (bank.mask & tpm::default_ima_pcrs) != 0; });
  }

  result<tpm::verified_ima> replay_ima(const tpm::log_state& start, const tpm::pcr_values& claimed) const {
    auto verifier = tpm::ima_verifier::begin(start, claimed, *out_.quote);
    if (!verifier) return verifier.fault();
    if (auto fed = verifier->feed(*in_.ima_log); !fed) return fed.fault();
    return std::move(*verifier).finish();
  }

  bool check_ima() {
    if (!in_.ima_log) return true;
    if (!covers_ima()) return failed("ima-log", {errc::denied, "ima-log: the quote does not cover PCR 10"});
    auto start = tpm::first_log_state(out_.quote->selection());
    if (!start) return failed("ima-log", start.fault());
    start->ima_pcrs |= in_.policy.ima_pcrs; // as the service reads it
    auto ima = replay_ima(*start, values_);
    // PCR 10 was not given, and the log may run ahead of the quote: looks for the quoted value from the log's
    // beginning.
    for (const auto& one : starts()) {
      if (ima || in_.pcrs) break;
      const auto given = tpm::values_after(boot_log(), out_.quote->selection(), one.locality);
      if (given) ima = replay_ima(*start, *given);
    }
    if (!ima) return failed("ima-log", with_hint(ima.fault()));
    ima_ = *std::move(ima);
    if (!pcrs_) {
      pcrs_ = ima_->pcrs();
      held("pcrs", "as the logs give them: " + to_string(out_.quote->selection()));
    }
    out_.ima_covered = ima_->state().entries;
    return held("ima-log", "the quote covers " + counted(out_.ima_covered, "entry", "entries"));
  }

  bool check_boot() {
    if (!boot_log_) return true;
    auto log = tpm::verify_boot_log(*boot_log_, *pcrs_); // whatever PCR an entry of the IMA log names
    if (!log && log.fault().code == errc::unsupported) {
      unused_ = appraisal::unused_log_of(*boot_log_);
      return held("event-log", "it proves nothing: none of its banks was quoted" + left_out_banks());
    }
    if (!log) return failed("event-log", log.fault());
    const auto by_value = appraisal::bound_pcrs(in_.policy.bound, pcrs_->values());
    if (const auto refused = log->contradicted() & ~by_value; refused != 0)
      return failed("event-log",
                    {errc::mismatch, "it does not give the quoted value of " + pcr_names(refused)});
    verified_log_ = *std::move(log);
    auto detail = "it leads to the quoted values of " + pcr_names(verified_log_->explained());
    if (verified_log_->locality() != 0)
      detail += ", PCR 0 from locality " + std::to_string(verified_log_->locality());
    for (const auto& one : verified_log_->after_log())
      if (const auto* phases = one.phases())
        detail +=
            ", PCR " + std::to_string(one.pcr) + " with the phases of systemd (" + to_string(*phases) + ")";
    if (verified_log_->contradicted() != 0)
      detail += "; " + pcr_names(verified_log_->contradicted())
                + " compared by the value that the policy binds, its log is not explained";
    if (verified_log_->unexplained() != 0)
      detail += "; nothing explains " + pcr_names(verified_log_->unexplained());
    if (verified_log_->unlogged() != 0)
      detail += "; extended without an event in the log: " + pcr_names(verified_log_->unlogged());
    return held("event-log", detail + left_out_banks());
  }

  /// Banks that the header of the boot log declares and its events lack.
  std::string left_out_banks() const {
    std::string out;
    for (const auto& bank : boot_log_->incomplete_banks())
      out += "; " + to_string(bank);
    return out;
  }

  /// Claims need the IMA log: without it, their statements about it would be guesses.
  void remark() {
    if (!ima_) return;
    out_.boot = appraisal::claims_from_evidence(verified_log_ ? &*verified_log_ : nullptr, *ima_, unused_);
    out_.remarks = appraisal::appraise_boot(*out_.boot, in_.reference.get(), in_.policy);
    if (!appraisal::append_claims(out_.files, *ima_, in_.policy.signatures)) {
      failed("ima-log", {errc::limit, "ima-log: more than can be kept"});
      return;
    }
    auto found = appraisal::appraise_files(out_.files, in_.reference.get(), in_.policy);
    out_.skipped = found.skipped;
    out_.remarks_total = out_.remarks.size() + found.total;
    std::ranges::move(found.findings, std::back_inserter(out_.remarks));
    auto events = appraisal::kexec_findings(*ima_);
    std::ranges::move(appraisal::restart_findings((*out_.boot)->after_log), std::back_inserter(events));
    out_.remarks_total += events.size();
    std::ranges::move(events, std::back_inserter(out_.remarks));
  }

  const offline_inputs& in_;
  offline_report out_;
  tpm::pcr_values values_;
  std::optional<tpm::verified_pcrs> pcrs_;
  std::optional<tpm::event_log> boot_log_;
  std::optional<tpm::verified_ima> ima_;
  std::optional<tpm::verified_boot_log> verified_log_;
  appraisal::unused_log unused_ = appraisal::unused_log::none;
};

} // namespace

bool offline_report::genuine() const noexcept {
  return quote && !checks.empty()
         && std::ranges::all_of(checks, [](const offline_check& c) { return c.end == check_end::held; })
         && std::ranges::any_of(checks, [](const offline_check& c) { return c.name == "pcrs"; });
}

verdict verdict_of(const offline_report& report, const offline_inputs& in) {
  if (!report.genuine()) return verdict::contraindicated;
  if (!report.boot) return verdict::none;
  const auto judged = appraisal::verdict_of(report.remarks, endorsement::inventory, in.policy,
                                            in.reference ? appraisal::reference_state::present
                                                         : appraisal::reference_state::absent);
  return in.nonce.empty() && judged == verdict::affirming ? verdict::warning : judged;
}

offline_report verify_offline(const offline_inputs& in) { return verification{in}.run(); }

} // namespace muster::cli
