// What operators change about a machine (docs/protocol.md 2.4, 5). Pure: a settled node in, what must become
// durable out.
#pragma once

#include "records/context.hpp"
#include "standing/attestation.hpp"
#include "standing/decision.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

#include <functional>

namespace muster::service {

/// Checks a name that an operator gives: 1 to 64 printable ASCII characters without spaces, slashes,
/// backslashes or quotes, and without a leading "-". It must not mean an id, or a part of one, where a node
/// is named: 8 or more hex digits and nothing else. Nor may it be "." or "..", which no REST path can name.
/// fault malformed: the text says what is wrong.
status check_name(std::string_view name);

/// Approves the waiting candidate: it is admitted when it comes again, under this group and name. fault
/// not_found, mismatch, expired: as `approve_candidate`; conflict: another node has the name; malformed: see
/// `check_name`.
result<node_change> approve(const settled_node& at, const approval& wanted, const node_register& all,
                            wall_time now);
/// Ends the alarm that two hosts use one identity. fault not_found; conflict: there is no alarm.
result<node_change> acknowledge(const settled_node& at, const std::string& by,
                                const appraisal_context& context, wall_time now);
/// Revokes the EK for good: the revocation outlives `forget`. fault not_found; conflict: it is revoked already, and
/// its first reason stays.
result<node_change> revoke(const settled_node& at, const std::string& reason, const std::string& by,
                           wall_time now);
/// Removes the node with its boot claims, raw logs and AK certificate. A revocation stays, and so does that it
/// was admitted once (`tables::forgotten`). fault not_found.
result<node_change> forget(const settled_node& at, const std::string& by, wall_time now);
/// An empty name takes the name away. fault not_found; conflict: another node has the name; malformed: see
/// `check_name`.
result<node_change> rename(const settled_node& at, const std::string& name, const std::string& by,
                           const node_register& all, wall_time now);

/// Judges the record of a node as that of a member of the new group.
using move_judge = std::function<result<appraisal::reappraisal>(const node_record&, const node_state&)>;
/// Group, findings and verdict change in one transaction, so a verdict of the old group never appears with
/// the name of the new one. fault not_found; malformed: no group is named; conflict: the node is in that
/// group already, is revoked, or is not admitted. Any other fault: of `judge`.
result<node_change> move(const settled_node& at, const std::string& group, const std::string& by,
                         const appraisal_context& context, const move_judge& judge, wall_time now);

} // namespace muster::service
