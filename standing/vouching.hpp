// Who vouches for an EK: computed from what the record keeps of its certificates, by the trust that is in
// force, never remembered. Pure.
#pragma once

#include "appraisal/verdict/carry_over.hpp"
#include "crypto/ek_certificate.hpp"
#include "records/enrolment.hpp"
#include "records/node_record.hpp"
#include "tpm/evidence/ek.hpp"

#include <atomic>
#include <memory>
#include <span>

namespace muster::service {

/// Which certificates vouch for an EK, and which do not any more.
struct vendor_trust {
  crypto::vendor_store store;
  crypto::ek_policy policy;
};

using vendor_trust_ptr = std::shared_ptr<const vendor_trust>;
/// What SIGHUP may change.
using vendors_in_force = std::shared_ptr<const std::atomic<vendor_trust_ptr>>;

struct vouching {
  endorsement level = endorsement::none; ///< vendor, or none
  std::string doubt;                     ///< why not; empty if nothing came, or it does
  bool denied = false;                   ///< by an operator or by the vendor's own list; `doubt` says by what
};

/// `chain` is what a proof brings, DER as it came, the EK's own first, at most 9 of them. A certificate that
/// does not verify (docs/checks.md 1) vouches for nothing. What is denied is denied whether or not it
/// verifies and whatever its times. fault mismatch: the first is for another key than the EK.
result<vouching> vouch(std::span<const bytes> chain, const tpm::ek_public& ek, const vendor_trust& trust,
                       wall_time now);
/// The id that the holder of this EK can prove as well as its own (`ek_public::mirrored_id`). None for RSA,
/// and for what is no EK.
std::optional<node_id> other_id_of(const proven_machine& who);

/// Of a machine on record, by all certificates that it ever proved itself with: one that verifies is enough,
/// and so is one that is denied.
result<vouching> vouch(const node_record& node, const vendor_trust& trust, wall_time now);

/// Whether the firmware that a verified quote names (TPMS_ATTEST) has a flaw that the operator denies. The
/// manufacturer is that of any certificate on record; without one nobody knows whose versions these are, and
/// nothing is denied. Empty: not denied, else why.
std::optional<std::string> firmware_denial(const node_record& node, byte_view attest,
                                           const vendor_trust& trust);

/// What is on record after a proof that showed `shown`: what was there, and what is new, at most 8
/// certificates of CAs and 8 others. A proof adds, and never takes away: what it leaves out may be what is
/// denied. What cannot be read is not kept; what is over the bound is not either, so a machine that sends
/// rubbish first has nothing of its later words.
std::vector<bytes> kept_chain(std::span<const bytes> on_record, std::span<const bytes> shown);

/// Puts a proof into the record of a machine that is admitted: what it showed, and the level that this has by
/// what was in force, if that is better. A denial is not its to end. Gives whether the record changed.
bool take_proof(node_record& node, endorsement level, std::span<const bytes> shown);

/// Puts what was computed into the record: the better of it and of the admission. `doubt` is kept where it
/// took something away: a machine that nobody ever vouched for has none. Gives whether the record changed.
bool take_vouching(node_record& node, const vouching& now);

/// What people are told: a failure for a denied machine, a note where nobody vouches any more. It holds over
/// boots, for as long as the record says so.
std::optional<finding> vouching_finding(const node_record& node);
/// Takes what an earlier record said out of the findings, and puts in what this one says. The caller computes
/// the verdict.
void renew_vouching_finding(appraisal::kept_findings& kept, const node_record& node);
void renew_vouching_finding(node_state& state, const node_record& node);

} // namespace muster::service
