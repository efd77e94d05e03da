// Who vouches for an EK: computed from the certificates on record and the vendor trust in force, never
// remembered. Pure.
#pragma once

#include "appraisal/verdict/carry_over.hpp"
#include "crypto/ek_doubts.hpp"
#include "records/enrolment.hpp"
#include "records/node_record.hpp"
#include "tpm/evidence/ek.hpp"

#include <atomic>
#include <memory>
#include <span>

namespace muster::service {

/// Which certificates vouch for an EK, and which no longer do.
struct vendor_trust {
  crypto::vendor_store store;
  crypto::ek_policy policy;
};

using vendor_trust_ptr = std::shared_ptr<const vendor_trust>;
/// What SIGHUP may change.
using vendors_in_force = std::shared_ptr<const std::atomic<vendor_trust_ptr>>;

struct vouching {
  endorsement level = endorsement::none; ///< vendor, or none
  std::string doubt;                     ///< why no vendor vouches; empty: one does, or no certificate came
  bool denied = false;                   ///< by the operator's or the vendor's own list; `doubt` says which
  /// Why the last of the EK's own certificates does not verify. Empty: one does, none can be read, or `denied`.
  std::optional<crypto::ek_refusal> refusal{};
};

/// Judges what a proof brings. `chain`: certificates in DER as they came, the EK's own first, at most 9. A
/// certificate that does not verify (docs/checks.md 1) vouches for nothing. What is denied is denied whether
/// or not it verifies, and whatever its validity period. fault mismatch: the first certificate is for another
/// key than the EK.
result<vouching> vouch(std::span<const bytes> chain, const tpm::ek_public& ek, const vendor_trust& trust,
                       wall_time now);
/// The id that the holder of this EK can prove as well as its own (`ek_public::mirrored_id`). None for RSA,
/// and for an area that is not an EK.
std::optional<node_id> other_id_of(const proven_machine& who);

/// Judges a machine on record, by all certificates with which it ever proved itself. One that verifies is
/// enough to vouch, and one that is denied is enough to deny. fault: the EK on record cannot be read.
result<vouching> vouch(const node_record& node, const vendor_trust& trust, wall_time now);

/// What keeps the last of the EK's own certificates on record from being believed, for people.
struct ek_certificate_doubts {
  std::string_view other;                   ///< `crypto::other_purpose`
  std::vector<crypto::ek_refusal> refusals; ///< `crypto::ek_doubts`; empty: none is on record, or it verifies
};
ek_certificate_doubts doubts_of(const node_record& node, const vendor_trust& trust, wall_time now);

/// Why the firmware that a verified quote names (TPMS_ATTEST) is denied; empty: it is not. An operator denies
/// flawed versions by manufacturer, which any of the EK's own certificates on record names. Without such a
/// certificate it is not known whose version this is, and nothing is denied.
std::optional<std::string> firmware_denial(const node_record& node, byte_view attest,
                                           const vendor_trust& trust);

/// The certificates on record after a proof that showed `shown`: those that were there, and the new ones, at
/// most 8 CA certificates and 8 others. A proof adds and never takes away, because what it leaves out may be
/// what is denied. Certificates that cannot be read are not kept, nor are those beyond the bound. So a
/// machine that sends rubbish first loses its later certificates.
std::vector<bytes> kept_chain(std::span<const bytes> on_record, std::span<const bytes> shown);

/// Puts a proof into the record of an admitted machine: the certificates that it showed, and `level`, which
/// they gave by what was in force, if it is better. A proof does not end a denial. Returns whether the record
/// changed.
bool take_proof(node_record& node, endorsement level, std::span<const bytes> shown);

/// Puts a computed vouching into the record; the level is the better of it and of the admission. `doubt` is
/// kept where something was taken away: a machine for which no vendor ever vouched has none. Returns whether
/// the record changed.
bool take_vouching(node_record& node, const vouching& now);

/// What people see: a failure for a denied machine, a note where no vendor vouches any more. It holds over
/// boots, for as long as the record says so.
std::optional<finding> vouching_finding(const node_record& node);
/// Removes what an earlier record said from the findings, and adds what this one says. The caller computes
/// the verdict.
void renew_vouching_finding(appraisal::kept_findings& kept, const node_record& node);
void renew_vouching_finding(node_state& state, const node_record& node);

} // namespace muster::service
