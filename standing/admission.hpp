// Who is let in (docs/protocol.md 2.4). Pure: what is known, who asks and the rules in, a decision out.
#pragma once

#include "records/enrolment.hpp"
#include "records/node_record.hpp"

#include <chrono>

namespace muster::service {

/// What a vendor's certificate is worth by itself. It says that the EK is in a TPM, not that the TPM is ours.
enum class vendor_admission : std::uint8_t { pending, automatic };

struct admission_rules {
  vendor_admission vendor = vendor_admission::pending;
  std::string vendor_group = "unassigned"; ///< group of a machine that a vendor's certificate admits
  std::chrono::milliseconds pending_expiry{std::chrono::hours{24 * 7}};
  std::size_t pending_limit = 1000;
  std::size_t pending_per_source = 16;
};

/// How many candidates wait, so that a flood of them ends at a bound.
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
  node_record node; ///< as it must be after this
  bool changed = true;
  bytes32 fingerprint{};
  std::string log; ///< what happened, for the audit log; empty if nothing worth it did
};

/// Decides. `known` is the record of this node id, if there is one; `must_enrol` says that its counters went
/// back. Rules, in this order:
///   1. a revoked EK stays out, whatever else holds                          fault denied
///   2. the admitted EK and AK again: re-issue, also for a new node key. What the proof showed is added to
///      what is on record, and takes nothing away: the level, and a denial, are of all of it
///   3. a candidate whose fingerprint an operator approved: admit. The approval covers that triple only
///   4. a machine never seen, vouched for by a vendor, where the rules admit by vendor: admit
///   5. everything else waits. Another AK, or counters that went back, are a new generation; the node
///      continues to show its admitted one. Over a bound of waiting candidates   fault busy
result<admission> decide_admission(const std::optional<node_record>& known, bool must_enrol, bool revoked,
                                   const proven_machine& who, const admission_rules& rules,
                                   pending_counts waiting, wall_time now);

/// An operator approves the candidate of `node` by its fingerprint (compared in constant time).
/// fault not_found: nobody waits; mismatch: another triple waits; expired: it waited too long.
result<node_record> approve_candidate(const node_record& node, byte_view fingerprint, std::string group,
                                      std::string name, std::string by, wall_time now);

/// What was approved, for the audit log: the group and name that `approve_candidate` gives, and the triple.
std::string describe_approval(const node_record& approved);

} // namespace muster::service
