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

/// The claims about a boot. `log` is null if the machine has none that we can read; `ima` must begin at entry
/// 0 of its log. Text becomes part of a claim only if the log's digest covers it. The caller has refused
/// evidence in which a PCR contradicts `log`, unless the value is bound: such a PCR is marked as compared by
/// value. PCRs that `log` does not explain are marked as unexplained.
/// `unused` says why a log exists that was not compared.
boot_claims claims_from_evidence(const tpm::verified_boot_log* log, const tpm::verified_ima& ima,
                                 unused_log unused = unused_log::none);

/// Classifies a log that has no bank in common with the quote.
unused_log unused_log_of(const tpm::event_log& log) noexcept;

/// A place in a log, and the number of claims that the entries before it make.
struct claims_mark {
  std::uint64_t entries = 0; ///< entries before the place, from entry 0 on; set by the caller
  std::size_t claims = 0;    ///< set by `append_claims`
};

/// Appends the entries as claims, in the order of the log, each under every reading that its bytes allow
/// (ima_readings.hpp). False if they do not all fit. Counts the claims before `mark`, if there is one.
/// Signatures are verified if `rules` require it; a buffer becomes a claim of its kind (measured_buffer.hpp).
/// It stops early once `budget` is over: the caller must check the budget.
[[nodiscard]] bool append_claims(file_claims& out, const tpm::verified_ima& ima,
                                 const signature_rules& rules = {}, const cpu_budget& budget = {},
                                 claims_mark* mark = nullptr);

/// The same for unproven entries (reported_entries.hpp), which are those of the list from `first` on. Their
/// claims may only make things worse. Appends as many as fit.
void append_told(file_claims& out, std::span<const tpm::ima_run> told, std::uint64_t first,
                 const signature_rules& rules, const cpu_budget& budget);

/// "event.kexec", a warning of kind event, if an entry after the first may be a boot_aggregate
/// (docs/checks.md 18).
std::vector<finding> kexec_findings(const tpm::verified_ima& ima);

/// The values of all PCRs except 10. That IMA extended others too is only the list's word, so it hides none.
std::vector<pcr_claim> boot_pcrs_of(const tpm::log_state& state);

} // namespace muster::appraisal
