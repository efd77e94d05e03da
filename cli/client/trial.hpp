// What would change: the answer of every `try`.
#pragma once

#include "cli/client/ask.hpp"

namespace muster::cli {

/// Asks and prints. Exit status: 0 if nobody would turn untrusted, 1 if the guard would refuse it, 4 if some
/// would and the guard would let it pass, 2 for an error.
int show_trial(const surroundings& around, const http_call& call);

/// How long a look at every machine of a group may take.
inline constexpr std::chrono::minutes survey_patience{11};

} // namespace muster::cli
