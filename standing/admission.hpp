// Which machines are admitted (docs/protocol.md 2.4). Pure: the record, the proof and the rules in, a
// decision out.
#pragma once

#include "records/enrolment.hpp"
#include "records/node_record.hpp"
#include "standing/join_offer.hpp"

#include <chrono>

namespace muster::service {

/// What a vendor's certificate is worth by itself. It says that the EK is in a TPM, not that the TPM belongs
/// to us.
enum class vendor_admission : std::uint8_t { pending, automatic };

struct admission_rules {
  vendor_admission vendor = vendor_admission::pending;
  std::string vendor_group = "unassigned"; ///< group of a machine that a vendor's certificate admits
  std::chrono::milliseconds pending_expiry{std::chrono::hours{24 * 7}};
  std::size_t pending_limit = 1000;
  std::size_t pending_per_source = 16;
};

/// How many candidates wait. Both counts are bounded, against floods.
struct pending_counts {
  std::size_t total = 0;
  std::size_t from_source = 0;
};

enum class admission_kind : std::uint8_t {
  admit,   ///< store `node` if `changed`, then issue its certificates
  pending, ///< store `node` if `changed`, then answer with the fingerprint
};

struct admission {
  admission_kind kind = admission_kind::pending;
  node_record node; ///< the record after this decision
  bool changed = true;
  bytes32 fingerprint{};
  std::string log;               ///< what happened, for the audit log; empty: nothing worth an entry
  std::optional<bytes32> used{}; ///< the token whose use this admission is
  join_refusal refused = join_refusal::none;
};

/// Decides on a machine that proved itself. `known`: the record of this node id, if there is one.
/// `must_enrol`: its counters went back. The first rule that applies decides:
///   1. A revoked EK stays out, whatever else holds: fault denied.
///   2. The admitted EK and AK come again: re-issue, also for a new node key. What this proof showed is added
///      to what is on record and takes nothing away. The level, and a denial, follow from all of it.
///   3. An operator approved the candidate's fingerprint: admit. The approval covers that triple only.
///   4. A token admits an EK that was never on record: into its group, at the level `token` or the vendor's. It
///      changes nothing of a known machine, not even of one that waits, and admits no new generation.
///   5. The machine was never admitted, a vendor vouches for it, and the rules admit by vendor: admit.
///   6. Anything else waits. Another AK, or counters that went back, make a new generation; the node
///      continues to show its admitted one. A new candidate beyond a bound: fault busy.
result<admission> decide_admission(const std::optional<node_record>& known, bool must_enrol, bool revoked,
                                   const proven_machine& who, const admission_rules& rules,
                                   pending_counts waiting, wall_time now, const join_offer& offer = {});

/// An operator approves the candidate of `node` by its fingerprint, which is compared in constant time. fault
/// not_found: no candidate waits; mismatch: another triple waits; expired: the candidate waited too long.
result<node_record> approve_candidate(const node_record& node, byte_view fingerprint, std::string group,
                                      std::string name, std::string by, wall_time now);

/// What was approved, for the audit log: the group and name that the machine gets, and the fingerprint of the
/// triple. Empty: nothing was approved.
std::string describe_approval(const node_record& approved);

} // namespace muster::service
