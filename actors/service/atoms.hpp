// The verbs of the service's actors. At most ten characters each.
#pragma once

#include <caf/atom.hpp>

namespace muster::service {

using begin_atom = caf::atom_constant<caf::atom("begin")>;     // an enrolment
using prove_atom = caf::atom_constant<caf::atom("prove")>;     // its second half
using issue_atom = caf::atom_constant<caf::atom("issue")>;     // certificates
using admit_atom = caf::atom_constant<caf::atom("admit")>;     // a proven machine asks for admission
using attach_atom = caf::atom_constant<caf::atom("attach")>;   // a session of a known machine
using detach_atom = caf::atom_constant<caf::atom("detach")>;   // that session is gone
using twin_atom = caf::atom_constant<caf::atom("twin")>;       // two hosts use one identity
using decide_atom = caf::atom_constant<caf::atom("decide")>;   // an attestation was verified, or was not
using step_atom = caf::atom_constant<caf::atom("step")>;       // parts of evidence
using unable_atom = caf::atom_constant<caf::atom("unable")>;   // why there is no new verdict
using pot_atom = caf::atom_constant<caf::atom("pot")>;         // room for evidence, found or withdrawn
using report_atom = caf::atom_constant<caf::atom("report")>;   // a machine's report on a command
using command_atom = caf::atom_constant<caf::atom("command")>; // a person or a policy orders a command
using deliver_atom = caf::atom_constant<caf::atom("deliver")>; // commands for the next beat reply
using approve_atom = caf::atom_constant<caf::atom("approve")>;
using ack_atom = caf::atom_constant<caf::atom("ack")>; // a person ends an alarm
using revoke_atom = caf::atom_constant<caf::atom("revoke")>;
using forget_atom = caf::atom_constant<caf::atom("forget")>;
using name_atom = caf::atom_constant<caf::atom("name")>;
using group_atom = caf::atom_constant<caf::atom("group")>;     // a machine moves to another group
using tune_atom = caf::atom_constant<caf::atom("tune")>;       // an operator's settings for a machine
using end_atom = caf::atom_constant<caf::atom("end")>;         // a session must end, with a reason
using context_atom = caf::atom_constant<caf::atom("context")>; // what a group is appraised with
using reappraise_atom =
    caf::atom_constant<caf::atom("reappraise")>;             // records that are older than the context
using accept_atom = caf::atom_constant<caf::atom("accept")>; // a node's state becomes its group's reference
using begincamp_atom = caf::atom_constant<caf::atom("begincamp")>; // a campaign
using campstep_atom = caf::atom_constant<caf::atom("campstep")>;   // a person advances it
using showcamp_atom = caf::atom_constant<caf::atom("showcamp")>;
using import_atom = caf::atom_constant<caf::atom("import")>;       // a set that was made elsewhere
using try_atom = caf::atom_constant<caf::atom("try")>;             // what would change under another set
using incidents_atom = caf::atom_constant<caf::atom("incidents")>; // findings that machines have in common
using export_atom = caf::atom_constant<caf::atom("export")>;       // evidence, as a bundle
using rotate_atom = caf::atom_constant<caf::atom("rotate")>;       // the next trust list
using list_atom = caf::atom_constant<caf::atom("list")>;
using show_atom = caf::atom_constant<caf::atom("show")>;
using resolve_atom = caf::atom_constant<caf::atom("resolve")>;   // a name, id or prefix of an id to an id
using presence_atom = caf::atom_constant<caf::atom("presence")>; // connected or not
using changed_atom = caf::atom_constant<caf::atom("changed")>;   // settings changed
using witness_atom = caf::atom_constant<caf::atom("witness")>;   // heads of the log that an agent kept
using log_atom = caf::atom_constant<caf::atom("log")>;           // what the log holds
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using minute_atom = caf::atom_constant<caf::atom("minute")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>; // an orderly stop; answered when it is done

} // namespace muster::service
