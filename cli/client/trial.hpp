// The answer of every `try`: what would change.
#pragma once

#include "cli/client/ask.hpp"

namespace muster::cli {

/// Asks and prints. Exit status: 0 no machine would turn untrusted; 1 the guard would refuse the change; 4
/// some machines would turn untrusted and the guard would allow it; 2 error.
int show_trial(const surroundings& around, const http_call& call);

/// How long the service may take to look at every machine of a group.
inline constexpr std::chrono::minutes survey_patience{11};

} // namespace muster::cli
