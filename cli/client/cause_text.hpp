// Causes that several machines share, as text for people. Pure.
#pragma once

#include "messages/view.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// For each cause: the number of machines, the sentence, some of their names, and what to do.
std::string causes_text(capnp::List<rest::Cause>::Reader causes);

} // namespace muster::cli
