// The commands about whom machines trust. As cli/ca/ca_commands.hpp.
#pragma once

#include "cli/client/surroundings.hpp"

#include <string>

namespace muster::cli {

/// muster ca status. Which trust list is in force, and how many machines have it.
int ca_status(const surroundings& around);

/// muster ca rotate --signed FILE. What `ras ca sign` wrote comes into force.
int ca_rotate(const surroundings& around, const std::string& file);

} // namespace muster::cli
