// What commands change on record (docs/protocol.md 3). Pure: a settled node in, what must become durable out.
#pragma once

#include "standing/attestation.hpp"
#include "standing/node_change.hpp"

#include <optional>

namespace muster::service {

/// The state of the machine's commands when one of them changes.
struct command_setting {
  command_queue queue;
  session_epoch session; ///< the open one; 0: there is none
  moment now;
};

/// Only an admitted machine is sent commands. fault not_found: there is no such node; conflict: it is
/// revoked, or not admitted yet.
status may_be_commanded(const node_record* node);

/// The longest beat that may be set: a third of a lease, and at most an hour. A machine that beats less often
/// than three times in a lease would be shown as stale between its beats.
std::chrono::milliseconds longest_beat(std::chrono::milliseconds lease) noexcept;

/// The tuning that results from applying `wanted` to `set`. `longest`: see `longest_beat`. fault malformed: a
/// value is outside its limits, which the text names, or nothing is to be set.
result<tuning> tuned(const tuning& set, const tuning_order& wanted, std::chrono::milliseconds longest);

/// Records a changed queue: each command in `changed` goes into the batch as it is now. Without any, nothing
/// changes.
node_change with_queue(const settled_node& at, change_source by, command_setting with,
                       std::vector<command_record> changed);

/// Orders a command. It gets `id`, unless it joins an open command; the answer is the id to wait for.
/// `reconfigure` is put on record of the node at once: whatever becomes of the command, the machine learns of
/// it with the first reply of each session, and with the next reply of an open one. fault: see
/// `may_be_commanded`, `tuned`.
using ordered = answered_change<command_id>;
result<ordered> order(const settled_node& at, const command_request& request, command_id id,
                      command_setting with, std::chrono::milliseconds longest);

/// What may go to the open session: `settled` of the change, to be sent once the change is durable.
node_change hand_out(const settled_node& at, command_setting with);

/// A machine's report on a command. That an attestation was made is for its evidence to say, not for the
/// machine. A machine that reports that it has unregistered is forgotten. `ended`: the command as it is on
/// record among those that ended. If its outcome was not known, the report corrects it.
node_change take_report(const settled_node& at, command_setting with, const command_result& told,
                        const std::optional<command_record>& ended);

/// Ends the commands that are past their deadline.
node_change expire(const settled_node& at, command_setting with);

/// For the change that admits a machine again. If the machine had accepted to leave, adds that it has left.
/// So a late report of leaving does not cause the machine to be forgotten.
void note_return(node_change& change, command_setting with);

/// Adds the end of every open command to a change that ends the machine's standing. So no earlier command
/// reaches a machine that enrols under this identity later.
void end_commands(node_change& change, command_setting with, std::string_view why);

} // namespace muster::service
