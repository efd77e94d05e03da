// Verbs of the service's actors, for messages that carry nothing or plain values. A message that is a struct
// of its own needs none. At most ten characters each (CAF 0.17).
#pragma once

#include <caf/atom.hpp>

namespace muster::service {

using begin_atom = caf::atom_constant<caf::atom("begin")>;     // an enrolment; a session
using prove_atom = caf::atom_constant<caf::atom("prove")>;     // its second half
using pot_atom = caf::atom_constant<caf::atom("pot")>;         // room for evidence, found or withdrawn
using end_atom = caf::atom_constant<caf::atom("end")>;         // a session must end, with a reason
using context_atom = caf::atom_constant<caf::atom("context")>; // what a group is appraised with
using reappraise_atom =
    caf::atom_constant<caf::atom("reappraise")>; // records that are older than the context
using campaign_atom = caf::atom_constant<caf::atom("campaign")>;
using try_atom = caf::atom_constant<caf::atom("try")>;             // what would change under another set
using incidents_atom = caf::atom_constant<caf::atom("incidents")>; // findings that machines have in common
using export_atom = caf::atom_constant<caf::atom("export")>;       // a set on record
using rotate_atom = caf::atom_constant<caf::atom("rotate")>;       // the next trust list
using list_atom = caf::atom_constant<caf::atom("list")>;
using show_atom = caf::atom_constant<caf::atom("show")>;
using resolve_atom = caf::atom_constant<caf::atom("resolve")>; // a name, id or prefix of an id to an id
using changed_atom = caf::atom_constant<caf::atom("changed")>; // settings changed
using witness_atom = caf::atom_constant<caf::atom("witness")>; // heads of the log that an agent kept
using log_atom = caf::atom_constant<caf::atom("log")>;         // what the log holds
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using minute_atom = caf::atom_constant<caf::atom("minute")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>; // an orderly stop; answered when it is done

} // namespace muster::service
