// What commands of people change on record (docs/protocol.md 3). Pure: what is settled in, what must become
// durable out.
#pragma once

#include "standing/attestation.hpp"
#include "standing/node_change.hpp"

#include <optional>

namespace muster::service {

/// Where the commands of the machine are when one of them changes.
struct command_setting {
  command_queue queue;
  session_epoch session; ///< the open one; 0: there is none
  moment now;
};

/// Only a machine that is admitted is told anything. fault not_found, conflict.
status may_be_told(const node_record* node);

/// A machine that beats less often than three times in a lease is shown as stale between its beats.
std::chrono::milliseconds longest_beat(std::chrono::milliseconds lease) noexcept;

/// What `wanted` makes of what is set. `longest`: see `longest_beat`. fault malformed: a value outside its
/// limits, which the sentence says, or nothing that would change anything.
result<tuning> tuned(const tuning& set, const tuning_order& wanted, std::chrono::milliseconds longest);

/// The commands of a node change, and what of them changed: each in the batch as it is now.
node_change with_queue(const settled_node& at, change_source by, command_setting with,
                       std::vector<command_record> changed);

/// Somebody orders something. `id` is taken, unless the command joins one that is open: the answer is whom to
/// wait for. `reconfigure` is on record of the node at once: whatever becomes of the command, the machine
/// hears of it with the first reply of each session, and with the next one of an open session. fault: see
/// `may_be_told`, `tuned`.
using ordered = answered_change<command_id>;
result<ordered> order(const settled_node& at, const command_request& request, command_id id,
                      command_setting with, std::chrono::milliseconds longest);

/// What may go to the open session: `settled` of the change, to be sent once it is durable.
node_change hand_out(const settled_node& at, command_setting with);

/// A machine's word on a command. That an attestation was made is for its evidence to say, not for the
/// machine. A machine that has unregistered is forgotten. `ended`: the command as it is on record among those
/// that ended; what was not known of it then is corrected.
node_change take_report(const settled_node& at, command_setting with, const command_result& told,
                        const std::optional<command_record>& ended);

/// Ends what is past its deadline.
node_change expire(const settled_node& at, command_setting with);

/// Adds that a machine which accepted to leave has left, to the change that lets it in again: what it has
/// still to say of that forgets nobody.
void note_return(node_change& change, command_setting with);

/// Adds the end of every open command to a change that ends the machine's standing: nothing that was ordered
/// reaches whoever enrols under this identity later.
void end_commands(node_change& change, command_setting with, std::string_view why);

} // namespace muster::service
