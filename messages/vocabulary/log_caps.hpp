// Largest logs of a machine: the bounds for what an agent sends, the service takes and a command reads.
#pragma once

#include <cstddef>

namespace muster {

inline constexpr std::size_t max_boot_log = std::size_t{4} << 20U;  ///< bytes
inline constexpr std::size_t max_ima_log = std::size_t{256} << 20U; ///< bytes, of one attestation

} // namespace muster
