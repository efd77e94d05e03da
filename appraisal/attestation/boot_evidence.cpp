#include "appraisal/attestation/boot_evidence.hpp"

#include "appraisal/claims/reported_entries.hpp"
#include "appraisal/files/ima_readings.hpp"
#include "appraisal/files/measured_buffer.hpp"
#include "appraisal/kernel/command_line_events.hpp"
#include "appraisal/kernel/ima_policy_file.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/boot_structure.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

boot_event event_from(const tpm::verified_boot_log& log, const tpm::logged_event& in) {
  boot_event out;
  out.pcr = static_cast<std::uint8_t>(in.pcr);
  out.type = static_cast<std::uint32_t>(in.type);
  out.number = in.number;
  out.digest = crypto::digest{log.digest(in)};
  auto words = log.text(in);
  out.label = std::move(words.label);
  (words.covered == tpm::coverage::digest ? out.text : out.hint) = std::move(words.text);
  return out;
}

// Both floors use the same words for different purposes: floor 2 reports what it saw, this floor records it.
// The switch names each value, so the compiler reports a new one.
boot_oddity_kind kind_from(tpm::boot_issue issue) noexcept {
  switch (issue) {
  case tpm::boot_issue::separator_missing: return boot_oddity_kind::separator_missing;
  case tpm::boot_issue::separator_repeated: return boot_oddity_kind::separator_repeated;
  case tpm::boot_issue::separator_error: return boot_oddity_kind::separator_error;
  case tpm::boot_issue::configuration_too_late: return boot_oddity_kind::configuration_too_late;
  case tpm::boot_issue::debug_mode: return boot_oddity_kind::debug_mode;
  case tpm::boot_issue::validation_disabled: return boot_oddity_kind::validation_disabled;
  case tpm::boot_issue::exit_boot_services_missing: return boot_oddity_kind::exit_boot_services_missing;
  case tpm::boot_issue::audit_mode: return boot_oddity_kind::audit_mode;
  case tpm::boot_issue::uncovered: return boot_oddity_kind::uncovered;
  case tpm::boot_issue::separator_unknown: return boot_oddity_kind::separator_unknown;
  case tpm::boot_issue::not_measured: break;
  }
  return boot_oddity_kind::not_measured;
}

secure_boot state_from(tpm::secure_boot state) noexcept {
  switch (state) {
  case tpm::secure_boot::on: return secure_boot::on;
  case tpm::secure_boot::off: return secure_boot::off;
  case tpm::secure_boot::unknown: break;
  }
  return secure_boot::unknown;
}

aggregate_claim aggregate_from(const tpm::verified_ima& ima) {
  switch (tpm::compare_boot_aggregate(ima)) {
  case tpm::aggregate_outcome::bound:
    return tpm::first_measured(ima)->algorithm == hash_algorithm::sha1 ? aggregate_claim::bound_to_firmware
                                                                       : aggregate_claim::bound;
  case tpm::aggregate_outcome::zero: return aggregate_claim::zero;
  case tpm::aggregate_outcome::differs: return aggregate_claim::differs;
  case tpm::aggregate_outcome::unchecked: return aggregate_claim::unchecked;
  case tpm::aggregate_outcome::absent: break;
  }
  return aggregate_claim::absent;
}

/// The event that is to blame. A separator of unknown value is shown: what it says is the firmware's secret.
std::string detail_of(const tpm::boot_remark& remark, const tpm::verified_boot_log& log) {
  if (!remark.event) return {};
  auto out = "event " + std::to_string(*remark.event);
  if (remark.issue != tpm::boot_issue::separator_unknown) return out;
  const auto at = std::ranges::find(log.events(), *remark.event, &tpm::logged_event::number);
  return at == log.events().end() ? out : out + ": " + log.text(*at).text;
}

void add_log(boot_content& out, const tpm::verified_boot_log& log) {
  out.has_log = true;
  out.bank = log.bank();
  out.after_log = log.after_log();
  out.by_value = log.contradicted();
  for (auto& p : out.pcrs)
    p.value = crypto::digest{log.settled().get(p.algorithm, p.index)};
  for (const auto& event : log.events())
    out.events.push_back(event_from(log, event));
  for (const auto& remark : tpm::check_structure(log))
    out.oddities.push_back({kind_from(remark.issue), remark.pcr, detail_of(remark, log)});
  out.secure = state_from(tpm::secure_boot_of(log));
  for (auto& one : tpm::secure_boot_variables_of(log))
    out.variables.push_back({std::move(one.name), one.digest, one.size, one.signatures, one.mode});
  if (const auto* line = proven_command_line(out)) out.command_line = kernels_text_of(*line);
}

/// Without a log, only the PCR values show that nothing was measured (docs/checks.md 16).
void add_unmeasured(boot_content& out) {
  for (const auto& p : out.pcrs)
    if (p.algorithm == hash_algorithm::sha256 && p.index <= 7
        && tpm::is_start_value(p.algorithm, p.index, p.value.view()))
      out.oddities.push_back({boot_oddity_kind::not_measured, p.index, {}});
}

bool push_buffer(file_claims& out, const tpm::ima_entry& entry, const buffer_claim& buffer) {
  if (buffer.kind == file_kind::other && entry.subject == tpm::ima_subject::unknown_hash)
    return out.push({file_kind::other, hash_algorithm::sha256, {}, entry.path});
  if (buffer.kind == file_kind::other)
    return out.push({file_kind::other, entry.algorithm, entry.digest, entry.path});
  return out.push({buffer.kind, hash_algorithm::sha256, buffer.digest.view(), buffer.path});
}

/// Turns entries into claims, one at a time.
class claim_writer {
public:
  claim_writer(file_claims& out, const signature_rules& rules, const cpu_budget& budget)
      : out_{out}, budget_{budget}, signatures_{rules}, signatures_wanted_{rules.wanted()} {}

  void add(const tpm::ima_entry& entry, const entry_readings& readings) {
    if (++added_ % between_looks == 0) spent_ = spent_ || budget_.over();
    if (spent_) return; // the caller checks the budget too and fails the attestation
    if (readings.buffer) fits_ = push_buffer(out_, entry, *readings.buffer) && fits_;
    if (!readings.measured) return;
    file_claim claim{*readings.measured, entry.algorithm, entry.digest, entry.path};
    if (claim.kind == file_kind::unknown_hash) claim.digest = unknown_digest(entry);
    if (signatures_wanted_ && is_file(claim.kind)) {
      const auto judged = signatures_.judge(entry);
      claim.signature = judged.state;
      claim.signer = judged.signer;
    }
    fits_ = out_.push(claim) && fits_;
  }
  bool all_fit() const noexcept { return fits_; }

private:
  /// As a claim holds it: name, NUL, digest.
  byte_view unknown_digest(const tpm::ima_entry& entry) {
    named_digest_ = to_bytes(as_bytes(entry.unknown_algorithm));
    named_digest_.push_back(0);
    append(named_digest_, entry.unknown_digest);
    return named_digest_;
  }

  static constexpr std::size_t between_looks = 64; // a look costs as much as an entry; a signature far more

  file_claims& out_;
  const cpu_budget& budget_;
  signature_judge signatures_;
  bytes named_digest_;
  bool signatures_wanted_;
  std::size_t added_ = 0;
  bool spent_ = false;
  bool fits_ = true;
};

} // namespace

/// The friend of `boot_claims` that may construct it.
class claims_maker {
public:
  static boot_claims make(boot_content content) { return boot_claims{std::move(content)}; }
};

std::vector<pcr_claim> boot_pcrs_of(const tpm::log_state& state) {
  std::vector<pcr_claim> out;
  for (const auto& bank : state.values.present())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.mask & ~tpm::default_ima_pcrs) >> i & 1U)
        out.push_back({bank.algorithm, static_cast<std::uint8_t>(i),
                       crypto::digest{state.values.get(bank.algorithm, i)}});
  return out;
}

unused_log unused_log_of(const tpm::event_log& log) noexcept {
  const bool sha1 = std::ranges::all_of(log.banks(), [](const tpm::event_log_bank& bank) {
    return bank.algorithm == static_cast<std::uint16_t>(hash_algorithm::sha1);
  });
  return sha1 && log.incomplete_banks().empty() ? unused_log::sha1_only : unused_log::other_banks;
}

boot_claims claims_from_evidence(const tpm::verified_boot_log* log, const tpm::verified_ima& ima,
                                 unused_log unused) {
  boot_content out;
  out.unused = unused;
  out.pcrs = boot_pcrs_of(ima.state());
  if (log != nullptr)
    add_log(out, *log);
  else
    add_unmeasured(out);
  out.ima_pcrs = ima.state().ima_pcrs;
  out.aggregate = aggregate_from(ima);
  ima_policy_watch policy;
  tpm::genuine_aggregates genuine{ima.pcrs()};
  tpm::later_aggregates later{genuine, ima.first()};
  bool replaced = false;
  ima.for_each([&](const tpm::ima_entry& entry) {
    policy.see(entry, genuine.holds(entry));
    replaced = later.has(entry) || replaced;
  });
  out.ima_policy = policy.claim();
  // What the boot log says of a command line, an initial RAM disk and a policy says nothing of the next
  // kernel.
  if (replaced) out.ima_policy.file = policy_file::replaced;
  for (const auto& bank : ima.state().values.present())
    if ((bank.mask & tpm::default_ima_pcrs) != 0)
      out.ima_banks.push_back({bank.algorithm, ima.state().padded(bank.algorithm)});
  return claims_maker::make(std::move(out));
}

bool append_claims(file_claims& out, const tpm::verified_ima& ima, const signature_rules& rules,
                   const cpu_budget& budget, claims_mark* mark) {
  out.reserve(ima.size(), ima.bytes()); // a claim is smaller than its entry
  claim_writer write{out, rules, budget};
  place_finder places{ima.first()};
  tpm::genuine_aggregates genuine{ima.pcrs()};
  auto index = ima.first();
  ima.for_each([&](const tpm::ima_entry& entry) {
    write.add(entry, readings_of(entry, places.next(entry), genuine));
    if (mark != nullptr && ++index == mark->entries) mark->claims = out.size();
  });
  return write.all_fit();
}

void append_told(file_claims& out, std::span<const tpm::ima_run> told, std::uint64_t first,
                 const signature_rules& rules, const cpu_budget& budget) {
  claim_writer write{out, rules, budget};
  place_finder places{first};
  reported_entries entries{told};
  while (const auto* entry = entries.next())
    write.add(*entry, told_readings_of(*entry, places.next(*entry)));
}

std::vector<finding> kexec_findings(const tpm::verified_ima& ima) {
  const auto index = tpm::first_later_aggregate(ima);
  if (!index) return {};
  finding f;
  f.kind = finding_kind::event;
  f.level = severity::warning;
  f.check = "event.kexec";
  f.subject = "IMA log, entry " + std::to_string(*index);
  f.sentence = "The kernel was replaced through kexec, and the boot log does not say by which one.";
  f.remedy = "reboot the machine through its firmware, or forbid kexec (kernel.kexec_load_disabled=1)";
  return {f};
}

} // namespace muster::appraisal
