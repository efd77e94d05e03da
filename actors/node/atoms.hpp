// The verbs of the node's actors. At most ten characters each.
#pragma once

#include <caf/atom.hpp>

namespace muster::node {

using survey_atom = caf::atom_constant<caf::atom("survey")>;     // what the machine's boot looks like
using inspect_atom = caf::atom_constant<caf::atom("inspect")>;   // the survey, judged in plain words
using identify_atom = caf::atom_constant<caf::atom("identify")>; // keys and facts for an enrolment
using prove_atom = caf::atom_constant<caf::atom("prove")>;       // answer an enrolment's challenge
using quote_atom = caf::atom_constant<caf::atom("quote")>;       // part 0 of evidence
using read_atom = caf::atom_constant<caf::atom("read")>;         // the next part of the evidence's logs
using keep_atom = caf::atom_constant<caf::atom("keep")>;         // make it durable
using leave_atom = caf::atom_constant<caf::atom("leave")>;       // this machine is unregistered
using begin_atom = caf::atom_constant<caf::atom("begin")>;       // an errand
using arrived_atom = caf::atom_constant<caf::atom("arrived")>;   // the service has what an errand waits for
using renew_atom = caf::atom_constant<caf::atom("renew")>;       // a new certificate
using tuned_atom = caf::atom_constant<caf::atom("tuned")>;       // whether an operator's tuning is in effect
using report_atom = caf::atom_constant<caf::atom("report")>;     // the outcome of an errand
using reload_atom = caf::atom_constant<caf::atom("reload")>;     // settings were read again
using wake_atom = caf::atom_constant<caf::atom("wake")>;         // a timer
using stop_atom = caf::atom_constant<caf::atom("stop")>;         // an orderly stop

} // namespace muster::node
