// What a session of an admitted machine changes on record (docs/protocol.md 2, 5). Pure.
#pragma once

#include "standing/attestation.hpp"
#include "standing/node_change.hpp"

namespace muster::service {

/// Whether this machine may have a session under this key. fault denied: revoked, or another key; not_found:
/// it must enrol.
status may_attach(const settled_node& at, byte_view spki);
/// The same, by what is on record while other changes of the machine are on their way: nothing may be decided
/// on that, but what it shows against the machine may be shown.
status may_attach(const node_entry& on_record, byte_view spki);

/// A session names the kernel's boot. A machine that booted since has no standing of the boot before,
/// whatever its verdict: the lease ends. `after` as it was: it is the boot on record.
node_change name_boot(const settled_node& at, const boot_id& boot, wall_time now);

/// Adds that this is the certificate that the machine uses, if it was another one. After the changes of the
/// node's state.
void note_certificate(node_change& change, const shown_certificate& shown);

/// A session that a newer one superseded still answered: two hosts use this identity. `of`: the machine's
/// generation when that session began. fault conflict: of an older generation, or the alarm stands.
result<node_change> find_twin(const settled_node& at, generation of, wall_time now);

} // namespace muster::service
