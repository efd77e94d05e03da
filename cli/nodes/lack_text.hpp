// Why a verdict is no better although no finding says so. Pure.
#pragma once

#include "messages/view.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// Of a machine that attested: that its group has no reference, or that whoever vouches for its TPM caps the
/// verdict, with what to do about it. Empty if there is nothing of that kind to tell.
std::string lack_text(rest::NodeDetail::Reader detail);

} // namespace muster::cli
