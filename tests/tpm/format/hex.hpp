// Octets from hex literals.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster::testing {

inline bytes hex(std::string_view text) { return from_hex(text).value(); }

} // namespace muster::testing
