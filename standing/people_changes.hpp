// What people change about a machine (docs/protocol.md 2.4, 5). Pure: what is settled in, what must become
// durable out.
#pragma once

#include "records/context.hpp"
#include "standing/attestation.hpp"
#include "standing/decision.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

#include <functional>

namespace muster::service {

/// Names that people give: 1 to 64 printable ASCII characters without spaces, slashes or quotes. Not what
/// means an id, or a part of one, wherever a node is named: 8 or more digits of hex and nothing else. Not "."
/// and "..", which no path of REST can name. fault malformed says what is wrong.
status check_name(std::string_view name);

/// The candidate that waits is admitted when it comes again, under this group and name. fault not_found,
/// mismatch, expired; conflict: another node has the name.
result<node_change> approve(const settled_node& at, const approval& wanted, const node_register& all,
                            wall_time now);
/// Ends the alarm that two hosts use one identity. fault conflict: none stands.
result<node_change> acknowledge(const settled_node& at, const std::string& by,
                                const appraisal_context& context, wall_time now);
/// Revokes the EK, for good: it outlives a `forget`.
result<node_change> revoke(const settled_node& at, const std::string& reason, const std::string& by,
                           wall_time now);
result<node_change> forget(const settled_node& at, const std::string& by, wall_time now);
/// An empty name takes it away. fault conflict: another node has it.
result<node_change> rename(const settled_node& at, const std::string& name, const std::string& by,
                           const node_register& all, wall_time now);

/// Judges what is on record of a node as one that is in the new group.
using move_judge = std::function<result<appraisal::reappraisal>(const node_record&, const node_state&)>;
/// Group, findings and verdict change in one transaction: at no moment does a verdict of the old group stand
/// beside the name of the new one. fault conflict: it is in that group, or it is not admitted.
result<node_change> move(const settled_node& at, const std::string& group, const std::string& by,
                         const appraisal_context& context, const move_judge& judge, wall_time now);

} // namespace muster::service
