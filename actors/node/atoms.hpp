// Verbs of the node's actors, for messages that carry nothing or plain values. A message that is a struct of
// its own needs none. At most ten characters each (CAF 0.17).
#pragma once

#include <caf/atom.hpp>

namespace muster::node {

using survey_atom = caf::atom_constant<caf::atom("survey")>;   // what the machine's boot looks like
using inspect_atom = caf::atom_constant<caf::atom("inspect")>; // the survey, judged in plain words
using quote_atom = caf::atom_constant<caf::atom("quote")>;     // a timer: the quote takes too long
using read_atom = caf::atom_constant<caf::atom("read")>;       // the next part of the evidence's logs
using keep_atom = caf::atom_constant<caf::atom("keep")>;       // make it durable
using leave_atom = caf::atom_constant<caf::atom("leave")>;     // this machine is unregistered
using begin_atom = caf::atom_constant<caf::atom("begin")>;     // an errand
using arrived_atom = caf::atom_constant<caf::atom("arrived")>; // the service has what an errand waits for
using renew_atom = caf::atom_constant<caf::atom("renew")>;     // a new certificate
using tuned_atom = caf::atom_constant<caf::atom("tuned")>;     // whether an operator's tuning is in effect
using reload_atom = caf::atom_constant<caf::atom("reload")>;   // settings were read again
using wake_atom = caf::atom_constant<caf::atom("wake")>;       // a timer
using stop_atom = caf::atom_constant<caf::atom("stop")>;       // an orderly stop

} // namespace muster::node
