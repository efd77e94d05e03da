// The points in time that these tests use.
#pragma once

#include "crypto/authority.hpp"

namespace muster::test {

inline constexpr wall_time noon{1'800'000'000'000};
inline constexpr std::uint64_t day = 86'400'000;
inline constexpr crypto::validity week{noon, {noon.milliseconds + 7 * day}};

} // namespace muster::test
