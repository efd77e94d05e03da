// The commands about trust lists. Their form is that of cli/nodes/node_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"

#include <string>

namespace muster::cli {

/// muster ca status. Shows which trust list is in force, and how many machines have it.
int ca_status(const surroundings& around);

/// muster ca rotate --signed FILE. Puts the list that `ras ca sign` wrote into force.
int ca_rotate(const surroundings& around, const std::string& file);

} // namespace muster::cli
