// What a session of an admitted machine changes on record (docs/protocol.md 2, 5). Pure.
#pragma once

#include "standing/attestation.hpp"
#include "standing/node_change.hpp"

namespace muster::service {

/// Whether this machine may have a session under this key. fault denied: it is revoked; not_found: it must
/// enrol, as it is unknown, not admitted, has another key on record, or its counters went back.
status may_attach(const settled_node& at, byte_view spki);
/// The same, by what is on record while other changes of the machine are under way. Nothing may be decided on
/// that, but what it shows against the machine may be shown.
status may_attach(const node_entry& on_record, byte_view spki);

/// A session named the boot of its kernel. A machine that booted since the last attestation has no standing
/// from the boot before, whatever its verdict, so the lease ends. `after` stays as it was if this is the boot
/// on record.
node_change name_boot(const settled_node& at, const boot_id& boot, wall_time now);

/// Notes which certificate the machine uses, if it is another one than before. Call it after the changes of
/// the node's state.
void note_certificate(node_change& change, const shown_certificate& shown);

/// A session that a newer one superseded still answered, so two hosts use this identity. `of`: the machine's
/// generation when that session began. fault conflict: that is an older generation, or an alarm is raised
/// already.
result<node_change> find_twin(const settled_node& at, generation of, wall_time now);

} // namespace muster::service
