// Verification of evidence in files, without a service: a pure function from bytes to what they prove.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/quote.hpp"

#include <optional>

namespace muster::cli {

/// The inputs, as views; empty where none was given.
struct offline_inputs {
  const tpm::trusted_ak& ak;
  byte_view attest;    ///< TPMS_ATTEST
  byte_view signature; ///< TPMT_SIGNATURE
  bytes nonce;         ///< the quote must carry it as qualifying data; empty: the quote must carry none
  std::optional<tpm::pcr_values> pcrs;
  std::optional<byte_view> event_log; ///< empty bytes: the machine has no boot log, as if none was given
  std::optional<byte_view> ima_log;
  std::shared_ptr<const appraisal::reference_set> reference; ///< null: none
  appraisal::policy policy;
};

enum class check_end : std::uint8_t { failed = 0, held = 1 };

struct offline_check {
  std::string name;
  check_end end = check_end::failed;
  std::string detail; ///< why it failed, or what was found; safe to print
};

struct offline_report {
  std::vector<offline_check> checks;
  std::optional<tpm::verified_quote> quote;
  bool without_nonce = false; ///< the user said that there is none: the quote may be an old one
  std::optional<appraisal::boot_claims> boot;
  std::uint64_t ima_covered = 0; ///< entries that the quote covers
  std::vector<finding> remarks;  ///< under the policy, against the reference if there is one
  std::uint64_t remarks_total = 0;
  std::uint64_t skipped = 0;    ///< IMA entries that the policy hides
  appraisal::file_claims files; ///< what the quote covers of the IMA log

  /// True: every check held: signature, nonce, PCR digest, and the replay of each log that was given.
  bool genuine() const noexcept;
};

/// The verdict that the service would give for a node that the inventory vouches for; here the user who named
/// the AK does that. Contraindicated if the evidence is not genuine; none if nothing was judged; at most
/// warning without a nonce, because a good old quote may be shown for a machine that is not good any more.
verdict verdict_of(const offline_report& report, const offline_inputs& in);

/// Checks in this order, and stops where the rest would mean nothing: "quote" (signature, then qualifying
/// data), "pcrs" (digest of the PCR values), "ima-log", "event-log" (replay to the quoted values). If PCR
/// values were not given, it tries those that the logs give.
offline_report verify_offline(const offline_inputs& in);

} // namespace muster::cli
