// Values that cannot be confused with each other: octets that count up from a number.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster::testing {

inline bytes32 rising(std::uint8_t from) {
  bytes32 out{};
  for (auto& octet : out)
    octet = from++;
  return out;
}

} // namespace muster::testing
