// Explains why a verdict is no better although there is no finding that says so. Pure.
#pragma once

#include "messages/view.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// For a machine that attested: its group has no reference, or the endorsement of its TPM caps the verdict;
/// with what to do about it. Empty if neither holds.
std::string lack_text(rest::NodeDetail::Reader detail);

} // namespace muster::cli
