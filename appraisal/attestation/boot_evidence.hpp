// From verified evidence to claims: the only way in.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/signature_rules.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/boot_log.hpp"
#include "tpm/evidence/ima_verifier.hpp"

#include <span>

namespace muster::appraisal {

/// What was verified about a boot. `log` is null where the machine has none that we can read; `ima` begins at
/// entry 0 of its log. Text becomes part of a claim only where the log's digest covers it. Caller: nothing in
/// `log` is contradicted. What it leaves unexplained stays in the claims as such.
/// `unused` says why there is a log that was not compared.
boot_claims claims_from_evidence(const tpm::verified_boot_log* log, const tpm::verified_ima& ima,
                                 unused_log unused = unused_log::none);

/// What a log is that has no bank in common with the quote.
unused_log unused_log_of(const tpm::event_log& log) noexcept;

/// A place in a log, and how many claims came of the entries before it.
struct claims_mark {
  std::uint64_t entries = 0; ///< before it, from the first of the log on
  std::size_t claims = 0;
};

/// Appends the entries as claims, in the order of the log, each under every reading that its bytes allow
/// (ima_readings.hpp). False if they do not all fit. Counts the claims before `mark`, if there is one.
/// Signatures are verified if `rules` want them; a buffer becomes a claim of what it is
/// (measured_buffer.hpp). Over its budget it ends early: whoever holds the budget looks at it.
[[nodiscard]] bool append_claims(file_claims& out, const tpm::verified_ima& ima,
                                 const signature_rules& rules = {}, const cpu_budget& budget = {},
                                 claims_mark* mark = nullptr);

/// The same for entries that nothing proves (told_entries.hpp), the list's from `first` on: claims that may
/// only make things worse. As many as fit.
void append_told(file_claims& out, std::span<const tpm::ima_run> told, std::uint64_t first,
                 const signature_rules& rules, const cpu_budget& budget);

/// "event.kexec", a warning of kind event, if an entry behind the first may be a boot_aggregate
/// (docs/checks.md 18).
std::vector<finding> kexec_findings(const tpm::verified_ima& ima);

/// The values of all PCRs but 10: which others IMA extended is the list's word, and hides none.
std::vector<pcr_claim> boot_pcrs_of(const tpm::log_state& state);

} // namespace muster::appraisal
