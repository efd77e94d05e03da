// CONFIG: the settings in force, and the actors to notify when they change.
#pragma once

#include "actors/service/atoms.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using reload_atom = caf::atom_constant<caf::atom("reload")>;

using config_actor = caf::typed_actor<
    // SIGHUP: reads the file again. Settings that can change while the service runs take effect at once; for
    // the others the log says "needs restart". A file with a mistake changes nothing.
    caf::reacts_to<reload_atom>>;

} // namespace muster::service
